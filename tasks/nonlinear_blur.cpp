#include <ATen/core/grad_mode.h>
#include <torch/csrc/autograd/autograd.h>

#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/files/named_tensors.h"
#include "tasks/parts/kernel_network.h"
#include "tasks/parts/remembered.h"

namespace dpsbench {
namespace {

/// y = clip(2 N((x + 1) / 2, k) - 1, -1, 1), N the network and k an image's point of its space of kernels. Image by
/// image, so that none knows of its batch.
class NonlinearBlur final : public Operator {
 public:
  NonlinearBlur(std::shared_ptr<const KernelNetwork> network, Tensor kernels, const ImageShape& shape)
      : network_(std::move(network)), kernels_(std::move(kernels)), shape_(shape) {}

  [[nodiscard]] Tensor forward(const Tensor& x) const override {
    const at::NoGradGuard no_grad;
    std::vector<Tensor> blurred;
    for (std::int64_t b = 0; b < x.size(0); ++b) blurred.push_back(blur(x.slice(0, b, b + 1), b));
    return at::cat(blurred);
  }
  [[nodiscard]] Tensor vjp(const Tensor& x, const Tensor& v) const override {
    const at::AutoGradMode with_grad(true);
    std::vector<Tensor> gradients;
    for (std::int64_t b = 0; b < x.size(0); ++b) {
      const Tensor one = x.slice(0, b, b + 1).detach().clone().requires_grad_(true);
      gradients.push_back(torch::autograd::grad({blur(one, b)}, {one}, {v.slice(0, b, b + 1)})[0]);
    }
    return at::cat(gradients);
  }
  [[nodiscard]] bool is_linear() const override { return false; }
  [[nodiscard]] Tensor pseudo_inverse(const Tensor& y) const override { return y; }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override {
    return {shape_.channels, shape_.height, shape_.width};
  }

 private:
  [[nodiscard]] Tensor blur(const Tensor& x, std::int64_t b) const {
    return (network_->blur((x + 1) / 2, kernels_.slice(0, b, b + 1)) * 2 - 1).clamp(-1, 1);
  }

  std::shared_ptr<const KernelNetwork> network_;
  Tensor kernels_;  ///< [B, K, h, w]
  ImageShape shape_;
};

constexpr const char* wanted_file =
    "weights_file: the task is a network of blurs, and its weights are yours to bring: BKSE's GOPRO_wVAE.pth, made "
    "safetensors by scripts/convert_weights.py unet --allow-unknown";

std::shared_ptr<const KernelNetwork> network_of(const OptionValues& values, const TensorOptions& options) {
  const std::string& word = values.word("weights_file");
  if (word.empty()) throw UserError("{}", wanted_file);
  const GivenFile file = given_file(word);
  const auto make = [&] { return std::make_shared<const KernelNetwork>(read_named_tensors(file), file.path, options); };
  if (file.digest.empty()) return make();
  return remembered_by_key<KernelNetwork>(
      fmt::format("{} {} {}", content_of(file), c10::toString(options.dtype().toScalarType()), options.device().str()),
      make);
}

void check_blur(const OptionValues& values, const ImageShape& shape) {
  const auto network = network_of(values, TensorOptions().dtype(at::kFloat));
  if (shape.channels != network->channels())
    throw UserError("weights_file: the network blurs pictures of {} channels; these have {}", network->channels(),
                    shape.channels);
  const std::int64_t stride = network->stride();
  if (shape.height % stride != 0 || shape.width % stride != 0)
    throw UserError("weights_file: the network blurs pictures whose sides are multiples of {}; these are {} x {}",
                    stride, shape.height, shape.width);
}

std::unique_ptr<Operator> bind_blur(const OptionValues& values, const ImageShape& shape, const Noise& noise,
                                    const TensorOptions& options) {
  const auto network = network_of(values, options);
  const std::int64_t stride = network->stride();
  const Tensor kernels = noise.normal(
      Purpose::mask, 0, {network->kernel_channels(), shape.height / stride, shape.width / stride}, options);
  return std::make_unique<NonlinearBlur>(network, kernels * values.real("intensity"), shape);
}

}  // namespace

TaskEntry nonlinear_blur_task() {
  return {.name = "nonlinear_blur",
          .title = "Nonlinear blur by a network's kernels, its weights from a file",
          .source =
              "BKSE (Tran et al. 2021), as DPS (Chung et al. 2023) and DAPS (Zhang et al. 2025) have it; a kernel is "
              "drawn once for each image",
          .linear = false,
          .has_denoising_reference = false,
          .has_svd = false,
          .options = {{.name = "weights_file",
                       .default_value = "",
                       .description = "the network's weights as safetensors, by its authors' names; must be given",
                       .choices = {}},
                      {.name = "intensity",
                       .default_value = 1.2,
                       .description = "deviation of a kernel's numbers in the space of kernels",
                       .least = 0,
                       .greatest = 10,
                       .choices = {}}},
          .drawn = "kernel",
          .required_file = "weights_file",
          .check = check_blur,
          .bind = bind_blur};
}

}  // namespace dpsbench
