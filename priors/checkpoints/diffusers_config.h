#pragma once
#include "priors/unet/options.h"

namespace dpsbench {

/// The network that a config.json of diffusers' UNet2DModel describes. Throws DataError naming file, key, value and
/// what is allowed where it asks for what there is not here: other blocks, classes, other activations.
UNetOptions diffusers_options(const std::string& file);

/// The same of the file's text; `file` names it in messages.
UNetOptions diffusers_options(const std::string& text, const std::string& file);

}  // namespace dpsbench
