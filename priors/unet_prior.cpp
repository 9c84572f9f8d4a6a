#include "priors/unet_prior.h"

#include "core/error.h"

namespace dpsbench {

UNetPrior::UNetPrior(const UNetOptions& network, UNetParameters parameters, const TensorOptions& options)
    : network_(checked(network)), parameters_(std::move(parameters)), options_(options) {
  for (auto& [name, tensor] : parameters_) tensor = tensor.detach().to(options_);
}

Evaluation UNetPrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const {
  if (x_t.dim() != 4 || image_shape(x_t) != shape())
    throw Error(fmt::format("a network for images [{}, {}, {}] was given [{}]", network_.in_channels,
                            network_.image_size, network_.image_size, fmt::join(x_t.sizes(), ", ")));
  return evaluate_by_autograd(x_t, gradient, [&](const Tensor& x) -> std::pair<Tensor, Tensor> {
    const Tensor output = unet_forward(network_, parameters_, x, at::full({x.size(0)}, level.time, options_));
    if (!network_.learn_sigma) return {output, {}};
    const std::vector<Tensor> halves = output.chunk(2, 1);
    return {halves[0], halves[1]};
  });
}

double UNetPrior::smallest_sigma() const { return NoiseSchedule::linear().smallest_sigma(); }

}  // namespace dpsbench
