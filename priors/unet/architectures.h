#pragma once
#include "priors/unet/options.h"

namespace dpsbench {

/// What sets a family of networks apart from ADM's, which are as UNetOptions stands: "adm", "ddpm" (Ho et al. 2020),
/// "edm_adm", "ddpmpp" and "ncsnpp" (Karras et al. 2022: ADM's network, and the two of Song et al. 2021, as EDM trains
/// them). Sizes are left to set. Throws UserError naming the choices.
UNetOptions unet_architecture(const std::string& name);

/// Their names.
const std::vector<std::string>& unet_architecture_names();

}  // namespace dpsbench
