#pragma once
#include <optional>
#include <string>
#include <vector>

#include "results/store/unit_store.h"
#include "runner/ranks/communicator.h"

namespace dpsbench {

/// What is there of the units of these names, each read and held against its seal by one of the ranks: of many units
/// that takes long, and all ranks would wait for rank 0. On rank 0 in the order of the names, none where a unit is
/// absent or damaged; nothing on the others. Collective: all give the same names.
std::vector<std::optional<UnitSummary>> read_summaries(Communicator& communicator, const UnitStore& store,
                                                       const std::vector<std::string>& units);

}  // namespace dpsbench
