#pragma once
#include <string>
#include <vector>

#include "results/store/unit_store.h"

namespace dpsbench {

/// What failed and why, for people: a line for each unit and reason.
std::vector<std::string> failure_lines(const UnitStore& store);

}  // namespace dpsbench
