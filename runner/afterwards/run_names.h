#pragma once
#include <string>
#include <vector>

namespace dpsbench {

/// Names of runs that are compared: their folders' own, with the parent's where those are the same. Throws UserError
/// where that does not tell them apart.
std::vector<std::string> run_names(const std::vector<std::string>& folders);

}  // namespace dpsbench
