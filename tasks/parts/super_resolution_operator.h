#pragma once
#include "core/options.h"
#include "tasks/parts/separable_operator.h"

namespace dpsbench {

/// How the reference of DPS-w enlarges the small measurement.
enum class Enlargement {
  nearest,  ///< each pixel repeated scale x scale times: what DPS's code calls the transpose
  adjoint   ///< scale^2 A^T y
};

/// An image shrunk by a whole number on both axes. Reference of DPS-w: denoising of the enlarged measurement, its step
/// size times the scale and capped (paper, Appendix B.3.2).
class SuperResolutionOperator final : public SeparableOperator {
 public:
  SuperResolutionOperator(const Tensor& along_height, const Tensor& along_width, std::int64_t scale,
                          Enlargement enlargement, const ImageShape& shape, const TensorOptions& options);

  [[nodiscard]] std::optional<DenoisingReference> denoising_reference(const Tensor& y) const override;
  [[nodiscard]] Tensor picture(const Tensor& y) const override { return nearest(y); }
  /// The measurement enlarged by bicubic interpolation, whatever it was shrunk by.
  [[nodiscard]] Tensor trivial_estimate(const Tensor& y) const override;

 private:
  [[nodiscard]] Tensor nearest(const Tensor& y) const;

  std::int64_t scale_;
  Enlargement enlargement_;
};

/// Options `scale` and `reference`, common to all kinds of shrinking.
std::vector<OptionSpec> super_resolution_options();

/// Throws UserError when `scale` does not divide the image's sides.
void check_scale(const OptionValues& values, const ImageShape& shape);

/// The enlargement that option `reference` names.
Enlargement enlargement_of(const OptionValues& values);

}  // namespace dpsbench
