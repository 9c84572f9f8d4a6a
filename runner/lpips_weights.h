#pragma once
#include <filesystem>

#include "metrics/lpips.h"

namespace dpsbench {

/// Every tensor of an LPIPS weights file (safetensors) by name. Throws UserError or DataError naming the file.
WeightMap read_lpips_weights_file(const std::filesystem::path& file);

}  // namespace dpsbench
