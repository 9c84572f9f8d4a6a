#pragma once
#include "tasks/parts/harmonic_interpolation.h"
#include "tasks/parts/spectral_operator.h"

namespace dpsbench {

/// y = m x with a mask of 0 and 1 shared by the channels. y keeps the image's shape, hidden pixels are 0. Its singular
/// vectors are the pixels. Reference of DPS-w: denoising of the pixels that are seen (paper, Appendix B.3).
class MaskOperator final : public SpectralOperator {
 public:
  /// mask: [B, 1, H, W], or [1, 1, H, W] for all images of any batch; 1 where a pixel is measured.
  MaskOperator(const Tensor& mask, const ImageShape& shape) : mask_(mask), shape_(shape) {}

  [[nodiscard]] Tensor forward(const Tensor& x) const override { return x * mask_; }
  [[nodiscard]] Tensor vjp(const Tensor&, const Tensor& v) const override { return v * mask_; }
  [[nodiscard]] Tensor trivial_estimate(const Tensor& y) const override { return harmonic_interpolation(y, mask_); }
  [[nodiscard]] std::optional<DenoisingReference> denoising_reference(const Tensor& y) const override {
    return DenoisingReference{.image = y, .mask = mask_, .own_gradient = true};
  }
  [[nodiscard]] Tensor measured() const override { return mask_; }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override {
    return {shape_.channels, shape_.height, shape_.width};
  }

  [[nodiscard]] Tensor v_transpose(const Tensor& x) const override { return x.flatten(1); }
  [[nodiscard]] Tensor v(const Tensor& z) const override { return z.reshape(shape_.batch(z.size(0))); }
  [[nodiscard]] Tensor u_transpose(const Tensor& y) const override { return y.flatten(1); }
  [[nodiscard]] Tensor u(const Tensor& z) const override { return v(z); }
  [[nodiscard]] bool has_one_basis() const override { return true; }
  [[nodiscard]] Tensor singular_values() const override {
    return mask_.expand({mask_.size(0), shape_.channels, shape_.height, shape_.width}).flatten(1);
  }

 private:
  Tensor mask_;
  ImageShape shape_;
};

}  // namespace dpsbench
