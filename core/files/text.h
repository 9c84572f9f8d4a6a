#pragma once
#include <filesystem>
#include <string>
#include <string_view>

namespace dpsbench {

/// Whether these bytes are UTF-8 (RFC 3629), as names and texts must be that go into JSON, HDF5 and tables.
bool is_utf8(std::string_view bytes);

/// Bytes of any origin for a message: what is not UTF-8, and control characters, as \xE9.
std::string shown(std::string_view bytes);

/// The bytes of a regular file of at most `most` bytes. A pipe or a device is never waited for. Throws UserError naming
/// the file: missing, not ours to read, no regular file, larger.
std::string read_regular_file(const std::filesystem::path& file, std::size_t most);

/// A text that a person wrote, at most 64 MiB: without the byte order mark that some editors put first. Throws
/// UserError as above, and naming the line where it is not UTF-8.
std::string read_text(const std::filesystem::path& file);

}  // namespace dpsbench
