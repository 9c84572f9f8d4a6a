#pragma once
#include <filesystem>

#include "core/tensor.h"

namespace dpsbench {

/// The array of a NumPy .npy file (NumPy's NEP 1): 32 or 64 bit floats or bytes, least significant byte first, in C
/// order, of any shape. Throws UserError for what is no readable file, DataError naming the file for any other content.
Tensor read_npy(const std::filesystem::path& path);

}  // namespace dpsbench
