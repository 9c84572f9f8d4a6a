#pragma once
#include <filesystem>

#include "core/latent/autoencoder.h"
#include "priors/unet/parameters.h"

namespace dpsbench {

/// Draws 16 images from a network by ancestral sampling over `steps` steps and writes them as one PNG. The same seed
/// gives the same starting noise, so that pictures of one training show the same images growing. Throws UserError when
/// the file cannot be written. `autoencoder`: of a network of latents, which decodes them; null: the network draws
/// images.
void write_sample_sheet(const std::filesystem::path& file, const UNetOptions& network, const UNetParameters& parameters,
                        std::int64_t steps, std::uint64_t seed, const TensorOptions& options,
                        const Autoencoder* autoencoder = nullptr);

}  // namespace dpsbench
