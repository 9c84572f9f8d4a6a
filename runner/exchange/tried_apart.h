#pragma once
#include <filesystem>
#include <functional>

namespace dpsbench {

/// Reads a file that strangers wrote in a process of its own first, because the library that reads it does not
/// withstand every file: HDF5 follows wild pointers of damaged heaps, libtorch's unpickler those of wicked archives.
/// What `read` throws there is not told: it is met again when the file is read here. Throws DataError naming the file
/// where that process is ended by a signal.
void try_apart(const std::filesystem::path& file, const std::function<void()>& read);

}  // namespace dpsbench
