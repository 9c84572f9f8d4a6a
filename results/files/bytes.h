#pragma once
#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

namespace dpsbench {

using Bytes = std::vector<std::byte>;
using ByteView = std::span<const std::byte>;

/// The characters of a text as bytes.
inline ByteView as_bytes(std::string_view text) {
  return {reinterpret_cast<const std::byte*>(text.data()), text.size()};
}

}  // namespace dpsbench
