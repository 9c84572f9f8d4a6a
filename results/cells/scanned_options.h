#pragma once
#include <set>
#include <string>
#include <vector>

#include "results/store/reader.h"

namespace dpsbench {

/// The numeric options of a method that have several values among its cells, steps apart: "method.scale". Constants
/// from different places, published and tuned, are no scan.
std::set<std::string> scanned_options(const std::vector<const CellResult*>& cells);

}  // namespace dpsbench
