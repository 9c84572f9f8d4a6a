#pragma once
#include <cstddef>
#include <string>
#include <string_view>

namespace dpsbench {

/// SHA-256 (FIPS 180-4) of some bytes, as 64 hexadecimal digits.
std::string sha256(const void* bytes, std::size_t size);
inline std::string sha256(std::string_view text) { return sha256(text.data(), text.size()); }

}  // namespace dpsbench
