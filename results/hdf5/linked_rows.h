#pragma once
#include <hdf5.h>

#include <string>
#include <vector>

#include "core/tensor.h"

namespace dpsbench::hdf5 {

/// Rows first ... first + count - 1 of an open data set of this shape whose rows lie in other files
/// (Group::link_rows()). HDF5 is not asked for them: it gives NaN where a file is gone, follows paths to anywhere, and
/// a file that links itself ends it. `where` stands for the data set in messages. Throws DataError naming a file that
/// is gone, damaged, not below the folder of the data set's own, or has them from yet another.
Tensor read_linked_rows(hid_t dataset, const std::vector<std::int64_t>& shape, std::int64_t first, std::int64_t count,
                        const std::string& where);

}  // namespace dpsbench::hdf5
