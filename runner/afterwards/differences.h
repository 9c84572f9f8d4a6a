#pragma once
#include <string>
#include <vector>

#include "results/store/reader.h"

namespace dpsbench {

/// In what two outputs of the same cells differ, a line a difference, for people: cells that only one of them has, and
/// of the others images, samples and metrics that are not equal bit for bit. Empty: in nothing.
std::vector<std::string> differences(const ResultsFile& told, const ResultsFile& anew);

}  // namespace dpsbench
