#pragma once
#include <hdf5.h>

#include <optional>
#include <string>

namespace dpsbench::hdf5 {

/// Bytes of the files in which the rows of an open data set lie; none where they lie in its own. `where` stands for it
/// in messages. Throws DataError naming a file that is gone, or that is not in the folder of the data set's own or
/// below it.
std::optional<hsize_t> linked_bytes(hid_t dataset, const std::string& where);

}  // namespace dpsbench::hdf5
