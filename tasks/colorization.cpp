#include <cmath>

#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/parts/matrix_products.h"
#include "tasks/parts/spectral_operator.h"

namespace dpsbench {
namespace {

constexpr double luminance[3] = {0.299, 0.587, 0.114};  // of red, green, blue (ITU-R BT.601)

/// A = 1 w^T on the three channels of a pixel, w the luminance weights: the grey value, repeated in three channels, so
/// that y has the image's shape. With that,
///   - the adjoint is A^T v = w (v_1 + v_2 + v_3);
///   - ||y - A x||^2 sums over three channels, so that a grey residual counts three times; each channel's noise is
///     independent, so that their mean carries the information, with a third of the variance;
///   - A = sqrt(3) |w| (1 / sqrt(3)) (w / |w|)^T has one singular value that is not zero, and
///     A^+ y = w / |w|^2 times the mean of y's channels, the shortest colour vector of that grey.
class Colorization final : public SpectralOperator {
 public:
  Colorization(const ImageShape& shape, const TensorOptions& options);

  [[nodiscard]] Tensor forward(const Tensor& x) const override { return on_channels(product_, x); }
  [[nodiscard]] Tensor vjp(const Tensor&, const Tensor& v) const override { return on_channels(product_.t(), v); }
  /// The grey picture: the mean of the three channels, each of which has noise of its own.
  [[nodiscard]] Tensor trivial_estimate(const Tensor& y) const override {
    return y.mean(1, true).expand_as(y).contiguous();
  }
  [[nodiscard]] std::optional<DenoisingReference> denoising_reference(const Tensor& y) const override {
    return DenoisingReference{.image = y, .mask = {}, .own_gradient = false};
  }
  [[nodiscard]] std::map<std::string, Tensor> ingredients() const override { return {{"channels", product_}}; }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override {
    return {shape_.channels, shape_.height, shape_.width};
  }

  [[nodiscard]] Tensor v_transpose(const Tensor& x) const override { return on_channels(v_.t(), x).flatten(1); }
  [[nodiscard]] Tensor v(const Tensor& z) const override { return on_channels(v_, z.reshape(shape_.batch(z.size(0)))); }
  [[nodiscard]] Tensor u_transpose(const Tensor& y) const override { return on_channels(u_.t(), y).flatten(1); }
  [[nodiscard]] Tensor u(const Tensor& z) const override { return on_channels(u_, z.reshape(shape_.batch(z.size(0)))); }
  [[nodiscard]] Tensor singular_values() const override { return singular_values_; }

 private:
  ImageShape shape_;
  Tensor product_;
  Tensor u_;
  Tensor v_;
  Tensor singular_values_;
};

/// An orthogonal 3 x 3 matrix whose first column is along `first`.
Tensor basis_from(const Tensor& first) {
  // Householder's reflection that takes the first axis to -first / |first|
  const Tensor unit = first / first.norm();
  const Tensor mirror = unit + at::eye(3, at::kDouble)[0];
  return -(at::eye(3, at::kDouble) - at::outer(mirror, mirror) * (2 / at::dot(mirror, mirror)));
}

Colorization::Colorization(const ImageShape& shape, const TensorOptions& options) : shape_(shape) {
  const Tensor weights = at::tensor({luminance[0], luminance[1], luminance[2]}, at::kDouble);
  const Tensor ones = at::ones({3}, at::kDouble);
  product_ = at::outer(ones, weights).to(options);
  u_ = basis_from(ones).to(options);
  v_ = basis_from(weights).to(options);
  const Tensor s = at::zeros({3, shape.height * shape.width}, at::kDouble);
  s[0].fill_(weights.norm() * std::sqrt(3.0));
  singular_values_ = s.reshape({1, -1}).to(options);
}

}  // namespace

TaskEntry colorization_task() {
  return {.name = "colorization",
          .title = "Colorization: the grey image repeated in three channels",
          .source = "the paper, Appendix B.3.4; luminance weights of ITU-R BT.601",
          .linear = true,
          .has_denoising_reference = true,
          .has_svd = true,
          .options = {},
          .measures_grey = true,
          .check =
              [](const OptionValues&, const ImageShape& shape) {
                if (shape.channels != 3)
                  throw UserError("colorization: images have {} channels; allowed: 3", shape.channels);
              },
          .bind = [](const OptionValues&, const ImageShape& shape, const Noise&,
                     const TensorOptions& options) { return std::make_unique<Colorization>(shape, options); }};
}

}  // namespace dpsbench
