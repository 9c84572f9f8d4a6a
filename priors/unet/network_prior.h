#pragma once
#include <memory>

#include "core/prior.h"
#include "priors/unet/parameters.h"

namespace dpsbench {

/// The prior that a network makes: one that is told one noise level (UNetPrior), or one of each pixel
/// (PixelNoisePrior). Throws UserError when the network's options do not fit together.
std::unique_ptr<Prior> network_prior(const UNetOptions& network, const UNetParameters& parameters,
                                     const TensorOptions& options, Torso torso = Torso::as_the_rest);

}  // namespace dpsbench
