#include "core/task_entry.h"
#include "tasks/parts/spectral_operator.h"

namespace dpsbench {
namespace {

/// A = I: the task whose posterior score is exact (Proposition 4.1).
class Denoising final : public SpectralOperator {
 public:
  Denoising(const ImageShape& shape, const TensorOptions& options) : shape_(shape), options_(options) {}

  [[nodiscard]] Tensor forward(const Tensor& x) const override { return x; }
  [[nodiscard]] bool is_identity() const override { return true; }
  [[nodiscard]] Tensor vjp(const Tensor&, const Tensor& v) const override { return v; }
  [[nodiscard]] Tensor trivial_estimate(const Tensor& y) const override { return y; }
  [[nodiscard]] std::optional<DenoisingReference> denoising_reference(const Tensor& y) const override {
    return DenoisingReference{.image = y, .mask = {}, .own_gradient = true};
  }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override {
    return {shape_.channels, shape_.height, shape_.width};
  }

  [[nodiscard]] Tensor v_transpose(const Tensor& x) const override { return x.flatten(1); }
  [[nodiscard]] Tensor v(const Tensor& z) const override { return z.reshape(shape_.batch(z.size(0))); }
  [[nodiscard]] Tensor u_transpose(const Tensor& y) const override { return y.flatten(1); }
  [[nodiscard]] Tensor u(const Tensor& z) const override { return v(z); }
  [[nodiscard]] Tensor singular_values() const override { return at::ones({1, shape_.elements()}, options_); }

 private:
  ImageShape shape_;
  TensorOptions options_;
};

}  // namespace

TaskEntry denoising_task() {
  return {.name = "denoising",
          .title = "Denoising: the image itself, noised",
          .source = "the paper, section 4.2",
          .linear = true,
          .has_denoising_reference = true,
          .has_svd = true,
          .options = {},
          .bind = [](const OptionValues&, const ImageShape& shape, const Noise&, const TensorOptions& options) {
            return std::make_unique<Denoising>(shape, options);
          }};
}

}  // namespace dpsbench
