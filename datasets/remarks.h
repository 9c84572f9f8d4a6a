#pragma once
#include <string>
#include <vector>

namespace dpsbench {

/// Says on stderr what is no error, but what a person should know of images: "note: ...", a line each.
void tell(const std::vector<std::string>& remarks);

}  // namespace dpsbench
