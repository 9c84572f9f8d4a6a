#pragma once
#include <string>

namespace dpsbench::hdf5 {

/// The library's that this process uses: "1.10.8, parallel", "1.14.3, serial".
std::string library_version();

}  // namespace dpsbench::hdf5
