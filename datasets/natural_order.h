#pragma once
#include <string_view>

namespace dpsbench {

/// Order of names as a person counts: runs of digits compare as numbers, so that img2 comes before img10; names that
/// differ only in leading zeros compare as text.
bool natural_less(std::string_view a, std::string_view b);

}  // namespace dpsbench
