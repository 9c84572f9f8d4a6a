#pragma once
#include <string>

#include "core/tensor.h"

namespace dpsbench {

/// A file's content in memory, whether read here or received from another rank.
struct FileBytes {
  std::string path;  ///< for messages
  Tensor bytes;      ///< [n] uint8, on any device
};

/// Maps a regular file: bytes are read as they are touched, written ones stay private to the process, and the last
/// tensor that shares them unmaps. Throws UserError when it cannot be opened, is not a regular file, or is empty.
FileBytes map_file(const std::string& path);

/// SHA-256 of a file's content, as 64 hexadecimal digits. Throws UserError when it cannot be opened.
std::string sha256_of_file(const std::string& path);
/// The same of a content on the CPU.
std::string sha256_of(const FileBytes& file);

}  // namespace dpsbench
