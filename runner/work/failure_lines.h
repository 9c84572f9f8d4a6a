#pragma once
#include <string>
#include <vector>

#include "results/store/manifest.h"
#include "results/store/unit_store.h"

namespace dpsbench {

/// What failed of an output's plan and why, for people: a line for each unit and reason.
std::vector<std::string> failure_lines(const UnitStore& store, const Manifest& manifest);

}  // namespace dpsbench
