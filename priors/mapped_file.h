#pragma once
#include <cstdint>
#include <memory>
#include <string>

namespace dpsbench {

/// A file's bytes in memory, read as they are touched; written bytes stay private to the process.
struct MappedFile {
  std::shared_ptr<char> bytes;  ///< unmaps when its last owner goes
  std::uint64_t size = 0;
};

/// Maps a regular file. Throws UserError when it cannot be opened, is not a regular file, or is empty.
MappedFile map_file(const std::string& path);

/// SHA-256 of a file's content, as 64 hexadecimal digits. Throws UserError when it cannot be opened.
std::string sha256_of_file(const std::string& path);

}  // namespace dpsbench
