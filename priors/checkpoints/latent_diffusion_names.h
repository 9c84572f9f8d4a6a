#pragma once
#include "priors/unet/parameters.h"

namespace dpsbench {

/// Whether the file is a whole model of latent-diffusion's (Rombach et al. 2022, Stable Diffusion 1), or the network of
/// one by its names there: guided-diffusion's behind "model.diffusion_model.".
bool has_latent_diffusion_names(const SafetensorsFile& file);

/// The network's parameters in such a file, whatever else it holds. `average`: the moving average of the weights, which
/// such files have under names of their own ("model_ema.", and no further dot), where the file has one. A context is
/// "context", a tensor beside the model's. Throws DataError as load_unet_parameters() does.
UNetParameters latent_diffusion_parameters(const UNetOptions& options, const SafetensorsFile& file, bool average);

}  // namespace dpsbench
