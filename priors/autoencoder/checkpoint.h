#pragma once
#include "priors/autoencoder/structure.h"
#include "priors/weights/safetensors.h"

namespace dpsbench {

/// An autoencoder's weights: of its halves by the names of half_parameters(), and what lies between them.
struct AutoencoderParameters {
  UNetParameters encoder;
  UNetParameters decoder;
  UNetParameters between;  ///< quant_conv. and post_quant_conv. (1x1), quantize.embedding.weight [codes, channels]
};

/// The parameters in a weights file of latent-diffusion's names or of diffusers' (AutoencoderKL, VQModel; those of
/// before 2023 too), which may begin with "first_stage_model." or the like, beside other networks' or without: float32
/// on the bytes' device. Throws DataError listing what is missing or of another shape; names of other things pass.
AutoencoderParameters autoencoder_parameters(const AutoencoderOptions& options, const SafetensorsFile& file);

/// Shapes of `between`'s parameters.
std::vector<ParameterSpec> between_parameters(const AutoencoderOptions& options);

/// The same as a file of latent-diffusion's names, without a prefix: what autoencoder_parameters() reads back.
std::map<std::string, Tensor> stored_autoencoder(const AutoencoderOptions& options,
                                                 const AutoencoderParameters& parameters);

}  // namespace dpsbench
