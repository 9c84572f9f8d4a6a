#pragma once
#include <filesystem>

namespace dpsbench {

/// The temporary name of a file: hidden, in the same folder, this process's own, another one at each call, and none
/// that somebody else could have put a link at.
std::filesystem::path temporary_name(const std::filesystem::path& path);

/// Removes the temporary files that killed processes left in a folder: those of this host whose process is gone, and
/// those of other hosts, which cannot be seen from here, after a day. While this process writes nothing there.
void sweep_temporary_files(const std::filesystem::path& folder);

}  // namespace dpsbench
