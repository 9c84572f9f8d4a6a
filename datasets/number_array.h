#pragma once
#include <filesystem>
#include <string>

#include "core/tensor.h"

namespace dpsbench {

/// The numbers of a data set of an HDF5 file that may come from a stranger: whole or floating, of any shape of at most
/// 2^30 numbers, as double. Throws DataError naming the file: damaged, no such data set, no plain numbers, too many.
Tensor read_hdf5_array(const std::filesystem::path& file, const std::string& dataset);

}  // namespace dpsbench
