#pragma once
#include <cstddef>
#include <string_view>

namespace dpsbench {

/// Length of the UTF-8 character (RFC 3629) at the start of `bytes`, which are not empty; 0: there is none. Overlong
/// forms, surrogates and numbers above U+10FFFF are none.
std::size_t utf8_length(std::string_view bytes);

/// Whether all bytes are UTF-8, as names and texts must be that go into JSON, HDF5 and tables.
bool is_utf8(std::string_view bytes);

}  // namespace dpsbench
