#pragma once
#include <string>
#include <vector>

#include "results/store/output_lock.h"

namespace dpsbench {

/// "i/n" with 1 <= i <= n. Throws UserError for anything else.
Part parse_part(const std::string& text);

/// The units of a part, in the plan's order: units are dealt out to and fro, costliest first, so that parts cost about
/// the same. Depends on the plan's costs alone, so that all parts agree whenever they start.
std::vector<std::size_t> units_of_part(const std::vector<double>& costs, const Part& part);

}  // namespace dpsbench
