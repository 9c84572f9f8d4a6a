#include "priors/unet/network_prior.h"

#include "priors/unet/pixel_noise_prior.h"
#include "priors/unet/prior.h"

namespace dpsbench {

std::unique_ptr<Prior> network_prior(const UNetOptions& network, const UNetParameters& parameters,
                                     const TensorOptions& options, Torso torso) {
  if (network.noise_map) return std::make_unique<PixelNoisePrior>(network, parameters, options, torso);
  return std::make_unique<UNetPrior>(network, parameters, options, torso);
}

}  // namespace dpsbench
