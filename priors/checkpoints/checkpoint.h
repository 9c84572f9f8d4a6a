#pragma once
#include <optional>

#include "priors/unet/parameters.h"

namespace dpsbench {

/// The network's parameters from a weights file of guided-diffusion's names, of latent-diffusion's or of one of
/// naming_conventions(), which its names tell: float32 on the bytes' device. `label`: the class, from 0, that a
/// class-conditional network is told of all images; none: no class. `average`: of latent-diffusion's, the weights'
/// moving average, where there is one. Throws DataError as load_unet_parameters() does, UserError for a label that
/// cannot be. `every_class`: in place of a label, of a network that is told a class of each image: what each adds.
UNetParameters checkpoint_parameters(const UNetOptions& options, const SafetensorsFile& file,
                                     std::optional<std::int64_t> label = {}, bool average = true,
                                     bool every_class = false);

}  // namespace dpsbench
