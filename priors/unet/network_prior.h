#pragma once
#include <memory>
#include <optional>

#include "priors/unet/preconditioning.h"
#include "priors/unet/prior.h"

namespace dpsbench {

/// The prior that a network makes: one that is told one noise level (UNetPrior), in a preconditioning or none
/// (PreconditionedPrior), or one of each pixel (PixelNoisePrior, which has a use and levels of its own). Throws
/// UserError when the network's options do not fit together.
std::unique_ptr<Prior> network_prior(const UNetOptions& network, const UNetParameters& parameters,
                                     const TensorOptions& options, Torso torso = Torso::as_the_rest,
                                     const NetworkUse& use = {},
                                     const std::optional<Preconditioning>& preconditioning = {});

}  // namespace dpsbench
