#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace dpsbench {

/// The whole numbers of an option's text, "0 3 6": one or more, ascending, from 0 to `greatest`. Throws UserError
/// naming the option, the number met and what is allowed.
std::vector<std::int64_t> number_list(const std::string& option, const std::string& text, std::int64_t greatest);

}  // namespace dpsbench
