#include <cmath>

#include "core/task_entry.h"

namespace dpsbench {
namespace {

/// y = |F P x|: the magnitudes of the centred orthonormal Fourier transform F of the image, zero padding P on all
/// four sides. Acts on [-1, 1] images as they are, like DPS, or on (x + 1) / 2, like DAPS and PnP-DM.
class PhaseRetrieval final : public Operator {
 public:
  PhaseRetrieval(double oversample, bool of_unit_range, const ImageShape& shape)
      : pad_height_(static_cast<std::int64_t>(oversample / 8 * static_cast<double>(shape.height))),
        pad_width_(static_cast<std::int64_t>(oversample / 8 * static_cast<double>(shape.width))),
        factor_(of_unit_range ? 0.5 : 1),
        offset_(of_unit_range ? 0.5 : 0),
        shape_(shape) {}

  [[nodiscard]] Tensor forward(const Tensor& x) const override { return magnitude(transform(x)); }

  /// Re P^T F^H (v F P x / |F P x|); a magnitude of exactly 0 passes no gradient.
  [[nodiscard]] Tensor vjp(const Tensor& x, const Tensor& v) const override {
    const Tensor z = transform(x);
    const Tensor length = magnitude(z);
    return transform_adjoint(z * at::where(length > 0, v / length, 0)) * factor_;
  }

  [[nodiscard]] bool is_linear() const override { return false; }

  /// A first guess: the image of those magnitudes with all phases zero.
  [[nodiscard]] Tensor pseudo_inverse(const Tensor& y) const override {
    return (transform_adjoint(y) - offset_) / factor_;
  }

  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override {
    return {shape_.channels, shape_.height + 2 * pad_height_, shape_.width + 2 * pad_width_};
  }

  /// The low frequencies' magnitudes on a logarithmic scale, the greatest of each image white.
  [[nodiscard]] Tensor picture(const Tensor& y) const override {
    const Tensor logarithm = crop(y).clamp_min(0).log1p();
    return logarithm / logarithm.amax({1, 2, 3}, true).clamp_min(1e-12) * 2 - 1;
  }

 private:
  /// |z|, by operations that round alike wherever in a batch a number lies (vectorised complex ones do not).
  static Tensor magnitude(const Tensor& z) { return at::view_as_real(z).square().sum(-1).sqrt(); }

  [[nodiscard]] Tensor transform(const Tensor& x) const {
    const Tensor intensity = x * factor_ + offset_;
    const Tensor padded = at::constant_pad_nd(intensity, {pad_width_, pad_width_, pad_height_, pad_height_});
    const Tensor spectrum = at::fft_fft2(at::fft_ifftshift(padded, axes), c10::nullopt, axes, "ortho");
    return at::fft_fftshift(spectrum, axes);
  }

  [[nodiscard]] Tensor transform_adjoint(const Tensor& z) const {
    const Tensor image = at::fft_ifft2(at::fft_ifftshift(z, axes), c10::nullopt, axes, "ortho");
    return crop(at::real(at::fft_fftshift(image, axes))).contiguous();
  }

  [[nodiscard]] Tensor crop(const Tensor& padded) const {
    return padded.narrow(2, pad_height_, shape_.height).narrow(3, pad_width_, shape_.width);
  }

  static constexpr std::int64_t axes[2] = {2, 3};
  std::int64_t pad_height_;
  std::int64_t pad_width_;
  double factor_;  ///< what is transformed is factor x + offset
  double offset_;
  ImageShape shape_;
};

}  // namespace

TaskEntry phase_retrieval_task() {
  return {.name = "phase_retrieval",
          .title = "Phase retrieval: magnitudes of the oversampled Fourier transform",
          .source = "DPS (Chung et al. 2023)",
          .linear = false,
          .has_denoising_reference = false,
          .has_svd = false,
          .options = {{.name = "oversample",
                       .default_value = 2.0,
                       .description = "an eighth of it, times the image's side, is padded to each edge",
                       .least = 0,
                       .greatest = 16,
                       .choices = {}},
                      {.name = "range",
                       .default_value = "signed",
                       .description =
                           "of the intensities that are transformed: signed, [-1, 1] as in DPS, or unit, [0, 1] as "
                           "in DAPS and PnP-DM",
                       .choices = {"signed", "unit"}}},
          .measures = "the magnitudes of a Fourier transform",
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise&, const TensorOptions&) {
            return std::make_unique<PhaseRetrieval>(values.real("oversample"), values.word("range") == "unit", shape);
          }};
}

}  // namespace dpsbench
