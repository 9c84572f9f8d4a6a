#include "priors/unet/pixel_noise_prior.h"

#include "core/error.h"
#include "priors/unet/prior.h"

namespace dpsbench {

PixelNoisePrior::PixelNoisePrior(const UNetOptions& network, const UNetParameters& parameters,
                                 const TensorOptions& options, Torso torso)
    : network_options_(checked(network)),
      options_(options),
      network_(network_options_, copied(parameters, options, torso)) {
  if (!network.noise_map) throw Error("a prior with noise of each pixel needs a network with a noise map");
}

Tensor PixelNoisePrior::output(const Tensor& x, const PixelNoise& levels, Tape* tape) const {
  if (x.dim() != 4 || image_shape(x) != shape())
    throw Error(fmt::format("a network for images [{}, {}, {}] was given [{}]", network_options_.in_channels,
                            network_options_.image_size, network_options_.image_size, fmt::join(x.sizes(), ", ")));
  return network_.forward(network_input(x, levels), noise_times(levels), tape);
}

Evaluation PixelNoisePrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const {
  const PixelNoise levels = PixelNoise::of(
      at::full({1, 1, network_options_.image_size, network_options_.image_size}, level.sigma(), options_));
  const auto tape = gradient == Gradient::wanted ? std::make_shared<Tape>() : nullptr;
  const Tensor v = output(x_t, levels, tape.get()).narrow(1, 0, shape().channels);
  Evaluation evaluation{(levels.signal * v + levels.noise * x_t).contiguous(), {}, {}};
  if (tape)
    evaluation.pull_back = [this, tape, levels](const std::vector<Tensor>& cotangents) {
      std::vector<Tensor> of_v;
      for (const Tensor& cotangent : cotangents) of_v.push_back(cotangent * levels.signal);
      std::vector<Tensor> gradients = network_.pull_back(*tape, of_v);
      for (std::size_t k = 0; k < gradients.size(); ++k)
        gradients[k] = gradients[k].narrow(1, 0, shape().channels) + cotangents[k] * levels.noise;
      return gradients;
    };
  return evaluation;
}

AnisotropicEvaluation PixelNoisePrior::evaluate_anisotropic(const Tensor& x, const Tensor& variances) const {
  if (variances.dim() != 4 || variances.size(1) != 1)
    throw Error(fmt::format("a network is told one noise level for a pixel's channels, not [{}]",
                            fmt::join(variances.sizes(), ", ")));
  const PixelNoise levels = PixelNoise::of(variances.sqrt());
  const Tensor state = x * levels.signal;
  const Tensor out = output(state, levels, nullptr);
  const Tensor eps = levels.signal * out.narrow(1, 0, shape().channels) + levels.noise * state;
  AnisotropicEvaluation evaluation{eps * (-1 / levels.sigma), {}};
  if (network_options_.learn_sigma)
    evaluation.variance = learned_variance(out.narrow(1, shape().channels, shape().channels)) * levels.noise.square();
  return evaluation;
}

}  // namespace dpsbench
