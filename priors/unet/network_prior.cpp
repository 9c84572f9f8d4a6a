#include "priors/unet/network_prior.h"

#include "priors/unet/pixel_noise_prior.h"
#include "priors/unet/preconditioned_prior.h"

namespace dpsbench {

std::unique_ptr<Prior> network_prior(const UNetOptions& network, const UNetParameters& parameters,
                                     const TensorOptions& options, Torso torso, const NetworkUse& use,
                                     const std::optional<Preconditioning>& preconditioning) {
  if (network.noise_map) return std::make_unique<PixelNoisePrior>(network, parameters, options, torso);
  auto prior = std::make_unique<UNetPrior>(network, parameters, options, torso, use);
  if (!preconditioning) return prior;
  return std::make_unique<PreconditionedPrior>(std::move(prior), *preconditioning);
}

}  // namespace dpsbench
