#pragma once
#include <string>
#include <string_view>

namespace dpsbench {

/// SHA-256 of some bytes, as 64 hexadecimal digits.
std::string sha256(std::string_view bytes);

/// SHA-256 of a file's content. Throws UserError when it cannot be opened.
std::string sha256_of_file(const std::string& path);

}  // namespace dpsbench
