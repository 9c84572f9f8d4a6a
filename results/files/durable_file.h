#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "results/files/bytes.h"

namespace dpsbench {

/// Writes a file so that a kill or a power cut at any instant leaves either what was there before or all of `bytes`:
/// temporary name beside it, fsync, rename, fsync of the folder. The folder must exist. Throws DataError naming the
/// path and the system's reason (disk full, read-only folder, quota); then no temporary file is left.
void write_durably(const std::filesystem::path& path, ByteView bytes);

/// Gives a finished file its final name durably: fsync, rename, fsync of the folder. Throws DataError as above.
void publish_durably(const std::filesystem::path& temporary, const std::filesystem::path& path);

/// Makes a folder and its parents. Throws UserError naming it and the system's reason.
void make_folder(const std::filesystem::path& folder);

/// All bytes of a file. Throws DataError naming it and the system's reason.
Bytes read_bytes(const std::filesystem::path& path);

}  // namespace dpsbench
