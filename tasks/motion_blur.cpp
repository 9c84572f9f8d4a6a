#include "core/error.h"
#include "tasks/motion_kernel.h"
#include "tasks/reflected_blur.h"
#include "tasks/task_list.h"

namespace dpsbench {
namespace {

/// Each image correlated with a kernel of its own, reflected beyond its edges, by Fourier transforms of the padded
/// image. A^+ is not at hand: pseudo_inverse gives the blurred image itself, the Gram solve uses conjugate gradients.
class MotionBlur final : public Operator {
 public:
  /// kernels: [B, K, K], K odd, K / 2 < H, W.
  MotionBlur(const Tensor& kernels, const ImageShape& shape)
      : radius_(kernels.size(1) / 2), shape_(shape), padded_{shape.height + 2 * radius_, shape.width + 2 * radius_} {
    // zeros behind the kernel: the transform of the padded image's size makes the correlation circular, and its first
    // H x W entries meet no wrapped pixel
    const Tensor embedded = at::constant_pad_nd(kernels, {0, shape.width - 1, 0, shape.height - 1});
    spectrum_ = at::fft_rfft2(embedded).unsqueeze(1);
  }

  [[nodiscard]] Tensor forward(const Tensor& x) const override {
    const Tensor extended = reflect(reflect(x, 2), 3);
    const Tensor correlated = at::fft_irfft2(at::fft_rfft2(extended) * spectrum_.conj(), padded_);
    return correlated.narrow(2, 0, shape_.height).narrow(3, 0, shape_.width).contiguous();
  }

  [[nodiscard]] Tensor vjp(const Tensor&, const Tensor& v) const override {
    const Tensor embedded = at::constant_pad_nd(v, {0, 2 * radius_, 0, 2 * radius_});
    const Tensor spread = at::fft_irfft2(at::fft_rfft2(embedded) * spectrum_, padded_);
    return fold(fold(spread, 3), 2);
  }

  [[nodiscard]] Tensor pseudo_inverse(const Tensor& y) const override { return y; }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override {
    return {shape_.channels, shape_.height, shape_.width};
  }

 private:
  /// Extends an axis at both ends by its mirror image, the edge pixel not repeated.
  [[nodiscard]] Tensor reflect(const Tensor& x, std::int64_t axis) const {
    const std::int64_t length = x.size(axis);
    return at::cat({x.narrow(axis, 1, radius_).flip(axis), x, x.narrow(axis, length - 1 - radius_, radius_).flip(axis)},
                   axis);
  }

  /// The adjoint of reflect.
  [[nodiscard]] Tensor fold(const Tensor& extended, std::int64_t axis) const {
    const std::int64_t length = extended.size(axis) - 2 * radius_;
    Tensor x = extended.narrow(axis, radius_, length).clone();
    x.narrow(axis, 1, radius_).add_(extended.narrow(axis, 0, radius_).flip(axis));
    x.narrow(axis, length - 1 - radius_, radius_).add_(extended.narrow(axis, radius_ + length, radius_).flip(axis));
    return x;
  }

  std::int64_t radius_;
  ImageShape shape_;
  std::vector<std::int64_t> padded_;
  Tensor spectrum_;  ///< [B, 1, H + 2 radius, (W + 2 radius) / 2 + 1]
};

Tensor draw_kernels(const OptionValues& values, const Noise& noise, const TensorOptions& options) {
  const Tensor uniforms = noise.uniform(Purpose::mask, 0, {motion_uniforms}, at::kFloat).to(at::kDouble);
  std::vector<Tensor> kernels;
  for (std::int64_t image = 0; image < noise.images(); ++image)
    kernels.push_back(motion_kernel(values.integer("kernel_size"), values.real("intensity"),
                                    uniforms[image].const_data_ptr<double>()));
  return at::stack(kernels).to(options);
}

void check_kernel(const OptionValues& values, const ImageShape& shape) {
  const std::int64_t size = values.integer("kernel_size");
  if (size % 2 == 0) throw UserError("kernel_size: {} is even; allowed: odd numbers", size);
  check_reflection("kernel_size", size / 2, shape);
}

}  // namespace

TaskEntry motion_blur_task() {
  return {.name = "motion_blur",
          .title = "Motion blur: each image under its own camera shake",
          .source = "DPS (Chung et al. 2023); kernels after B. Levi's motionblur, here one kernel an image",
          .linear = true,
          .has_denoising_reference = false,
          .has_svd = false,
          .options = {{.name = "kernel_size",
                       .default_value = std::int64_t{61},
                       .description = "side of the kernel, pixels, odd",
                       .least = 3,
                       .choices = {}},
                      {.name = "intensity",
                       .default_value = 0.5,
                       .description = "how shaken the camera is: 0 straight lines, 1 knots",
                       .least = 0,
                       .greatest = 1,
                       .choices = {}}},
          .check = check_kernel,
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise& noise,
                     const TensorOptions& options) {
            return std::make_unique<MotionBlur>(draw_kernels(values, noise, options), shape);
          }};
}

}  // namespace dpsbench
