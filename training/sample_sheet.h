#pragma once
#include <filesystem>

#include "priors/unet/parameters.h"

namespace dpsbench {

/// Draws 16 images from a network by ancestral sampling over `steps` steps and writes them as one PNG. The same seed
/// gives the same starting noise, so that pictures of one training show the same images growing. Throws UserError when
/// the file cannot be written.
void write_sample_sheet(const std::filesystem::path& file, const UNetOptions& network, const UNetParameters& parameters,
                        std::int64_t steps, std::uint64_t seed, const TensorOptions& options);

}  // namespace dpsbench
