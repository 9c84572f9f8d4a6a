#pragma once
#include "priors/passes/autograd.h"
#include "priors/unet/unet.h"
#include "tests/priors/networks.h"

namespace dpsbench {

/// The tiny golden network by plain differentiable operations, to compare recorded trajectories with. In double
/// precision: what is left of a deviation is the rounding of the reference implementation's floats, the same on every
/// processor. The frozen path is held to it in tests/priors/unet/frozen_unet_test.cpp.
class PlainNetwork final : public Prior {
 public:
  PlainNetwork() : parameters_(tiny_parameters()) {
    for (auto& [name, tensor] : parameters_) tensor = tensor.to(at::kDouble);
  }

  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    return evaluate_by_autograd(x_t, gradient, [&](const Tensor& x) -> std::pair<Tensor, Tensor> {
      const Tensor t = at::full({x.size(0)}, level.time, x.options().requires_grad(false));
      const std::vector<Tensor> halves = unet_forward(network_, parameters_, x, t).chunk(2, 1);
      return {halves[0], halves[1]};
    });
  }
  [[nodiscard]] ImageShape shape() const override { return network_.shape(); }
  [[nodiscard]] double smallest_sigma() const override { return NoiseSchedule::linear().smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return true; }
  [[nodiscard]] TensorOptions options() const override { return TensorOptions().dtype(at::kDouble); }

 private:
  UNetOptions network_ = tiny_options();
  UNetParameters parameters_;
};

}  // namespace dpsbench
