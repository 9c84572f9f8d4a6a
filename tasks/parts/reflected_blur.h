#pragma once
#include "tasks/parts/separable_operator.h"

namespace dpsbench {

/// A blur by the same symmetric 1-D filter along both axes, image reflected beyond its edges without repeating the edge
/// pixel. Its singular values fall to rounding error, so A^+ keeps those above 0.03 only, as DDRM's code does.
class ReflectedBlur final : public SeparableOperator {
 public:
  /// taps: odd in number, summing to 1; half of them, rounded down, fit inside both sides of the image.
  ReflectedBlur(const std::vector<double>& taps, const ImageShape& shape, const TensorOptions& options);

  [[nodiscard]] Tensor trivial_estimate(const Tensor& y) const override { return y; }

 protected:
  [[nodiscard]] double pseudo_inverse_cutoff() const override { return 0.03; }
};

/// Throws UserError, naming `option`, when a filter that reaches `radius` pixels needs more than one reflection.
void check_reflection(const std::string& option, std::int64_t radius, const ImageShape& shape);

}  // namespace dpsbench
