#include <mutex>

#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/files/kernel_file.h"
#include "tasks/files/mask_file.h"
#include "tasks/parts/gram_factor.h"
#include "tasks/parts/motion_kernel.h"
#include "tasks/parts/reflected_blur.h"

namespace dpsbench {
namespace {

/// Each image correlated with a kernel of its own, reflected beyond its edges, by Fourier transforms of the padded
/// image. A^+ is not at hand: pseudo_inverse gives the blurred image itself. The blur erases frequencies, so that
/// A A^T + c I is as ill-conditioned as 1 / c, and the reflection defeats preconditioning by Fourier transforms: small
/// images have A A^T factored when first asked, larger ones take conjugate gradients (thousands of steps where c is
/// 1e-7).
class MotionBlur final : public Operator {
 public:
  /// kernels: [B, K, K], K odd, K / 2 < H, W.
  MotionBlur(const Tensor& kernels, const ImageShape& shape)
      : kernels_(kernels),
        radius_(kernels.size(1) / 2),
        shape_(shape),
        padded_{shape.height + 2 * radius_, shape.width + 2 * radius_},
        spectrum_(spectrum_of(kernels)) {}

  [[nodiscard]] Tensor forward(const Tensor& x) const override { return correlate(x, spectrum_); }

  [[nodiscard]] Tensor vjp(const Tensor&, const Tensor& v) const override {
    const Tensor embedded = at::constant_pad_nd(v, {0, 2 * radius_, 0, 2 * radius_});
    const Tensor spread = at::fft_irfft2(at::fft_rfft2(embedded) * spectrum_, padded_);
    return fold(fold(spread, 3), 2);
  }

  [[nodiscard]] Tensor pseudo_inverse(const Tensor& y) const override { return y; }
  [[nodiscard]] Tensor trivial_estimate(const Tensor& y) const override { return y; }

  [[nodiscard]] Tensor solve_gram(const Tensor& r, double c) const override {
    constexpr std::int64_t most_factored = 48 * 48;  // pixels: seconds and 42 MB an image
    if (shape_.height * shape_.width > most_factored) return Operator::solve_gram(r, c);
    std::call_once(factored_, [this] { factor_.emplace(matrices(), kernels_.device()); });
    return factor_->solve(r, c);
  }

  [[nodiscard]] std::map<std::string, Tensor> ingredients() const override { return {{"kernel", kernels_}}; }

  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override {
    return {shape_.channels, shape_.height, shape_.width};
  }

 private:
  /// The kernels' transform [B, 1, H + 2 radius, (W + 2 radius) / 2 + 1]. Zeros behind the kernel: the transform of the
  /// padded image's size makes the correlation circular, and its first H x W entries meet no wrapped pixel.
  [[nodiscard]] Tensor spectrum_of(const Tensor& kernels) const {
    return at::fft_rfft2(at::constant_pad_nd(kernels, {0, shape_.width - 1, 0, shape_.height - 1})).unsqueeze(1);
  }

  [[nodiscard]] Tensor correlate(const Tensor& x, const Tensor& spectrum) const {
    const Tensor extended = reflect(reflect(x, 2), 3);
    const Tensor correlated = at::fft_irfft2(at::fft_rfft2(extended) * spectrum.conj(), padded_);
    return correlated.narrow(2, 0, shape_.height).narrow(3, 0, shape_.width).contiguous();
  }

  /// A on one channel of each image, [B, H W, H W], double.
  [[nodiscard]] Tensor matrices() const {
    const Tensor spectrum = spectrum_of(kernels_.to(at::kDouble));
    const std::int64_t pixels = shape_.height * shape_.width;
    const Tensor units = at::eye(pixels, kernels_.options().dtype(at::kDouble));
    std::vector<Tensor> images;
    for (std::int64_t b = 0; b < spectrum.size(0); ++b) {
      std::vector<Tensor> columns;
      for (const Tensor& some : units.split(128))  // their transforms all at once would take a lot of memory
        columns.push_back(
            correlate(some.view({-1, 1, shape_.height, shape_.width}), spectrum.narrow(0, b, 1)).flatten(1));
      images.push_back(at::cat(columns).t());
    }
    return at::stack(images);
  }

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

  Tensor kernels_;
  std::int64_t radius_;
  ImageShape shape_;
  std::vector<std::int64_t> padded_;
  Tensor spectrum_;
  mutable std::once_flag factored_;
  mutable std::optional<GramFactor> factor_;
};

Tensor draw_kernels(const OptionValues& values, const Noise& noise, const TensorOptions& options) {
  if (const std::string& word = values.word("kernel_file"); !word.empty()) {
    const Tensor kernels = read_kernels(given_file(word));
    return kernels.index_select(0, draw_one_of(kernels.size(0), noise)).to(options);
  }
  const Tensor uniforms = noise.uniform(Purpose::mask, 0, {motion_uniforms}, at::kFloat).to(at::kDouble);
  std::vector<Tensor> kernels;
  for (std::int64_t image = 0; image < noise.images(); ++image)
    kernels.push_back(motion_kernel(values.integer("kernel_size"), values.real("intensity"),
                                    uniforms[image].const_data_ptr<double>()));
  return at::stack(kernels).to(options);
}

void check_kernel(const OptionValues& values, const ImageShape& shape) {
  if (const std::string& word = values.word("kernel_file"); !word.empty()) {
    check_reflection(given_file(word).path, read_kernels(given_file(word)).size(1) / 2, shape);
    return;
  }
  const std::int64_t size = values.integer("kernel_size");
  if (size % 2 == 0) throw UserError("kernel_size: {} is even; allowed: odd numbers", size);
  check_reflection("kernel_size", size / 2, shape);
}

}  // namespace

TaskEntry motion_blur_task() {
  return {.name = "motion_blur",
          .title = "Motion blur: each image under its own camera shake, or under a kernel from a file",
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
                       .choices = {}},
                      {.name = "kernel_file",
                       .default_value = "",
                       .description = "a file of the kernel, in place of kernel_size and intensity; the image is "
                                      "correlated with it, once divided by its sum: a picture, .npy, HDF5 (data set "
                                      "kernel) or text, S x S with S odd; of several, K x S x S, each image draws one",
                       .choices = {}}},
          .drawn = "kernel",
          .check = check_kernel,
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise& noise,
                     const TensorOptions& options) {
            return std::make_unique<MotionBlur>(draw_kernels(values, noise, options), shape);
          }};
}

}  // namespace dpsbench
