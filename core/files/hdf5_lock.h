#pragma once
#include <mutex>

namespace dpsbench {

/// Held around every call of HDF5's C library in this process, whichever file it is about. The library keeps open
/// objects, caches and its error stack for the whole process, and as Linux distributions build it, it is not safe for
/// threads: a picture may be read while another thread encodes a finished unit. One thread may take it again and again.
[[nodiscard]] std::unique_lock<std::recursive_mutex> lock_hdf5();

}  // namespace dpsbench
