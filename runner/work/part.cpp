#include "runner/work/part.h"

#include <algorithm>
#include <charconv>

#include "core/error.h"
#include "runner/ranks/dispatcher.h"

namespace dpsbench {

Part parse_part(const std::string& text) {
  Part part{0, 0};
  const char* const end = text.data() + text.size();
  const auto number = std::from_chars(text.data(), end, part.number);
  const bool has_slash = number.ec == std::errc() && number.ptr != end && *number.ptr == '/';
  const auto of = has_slash ? std::from_chars(number.ptr + 1, end, part.of) : number;
  if (!has_slash || of.ec != std::errc() || of.ptr != end || part.number < 1 || part.number > part.of)
    throw UserError("--part {}: not i/n with 1 <= i <= n, such as 2/8", text);
  return part;
}

std::vector<std::size_t> units_of_part(const std::vector<double>& costs, const Part& part) {
  const auto parts = static_cast<std::size_t>(part.of);
  const std::vector<std::size_t> order = largest_first(costs);
  std::vector<std::size_t> units;
  for (std::size_t k = 0; k < order.size(); ++k) {
    const bool to = k / parts % 2 == 0;
    if ((to ? k % parts : parts - 1 - k % parts) + 1 == static_cast<std::size_t>(part.number))
      units.push_back(order[k]);
  }
  std::ranges::sort(units);
  return units;
}

}  // namespace dpsbench
