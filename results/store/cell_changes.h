#pragma once
#include <string>
#include <vector>

#include "results/store/manifest.h"

namespace dpsbench {

/// Task, noise level and method with every option: what sets the cells of an experiment apart, whatever their number
/// and their label.
std::string content_of(const PlannedCell& cell);

/// The cells of one plan that another does not have.
std::vector<const PlannedCell*> cells_only_in(const Manifest& plan, const Manifest& other);

/// What was changed of the cells that are gone, where one of the same task and method is new: "methods: dps: steps was
/// 100, now 50". Each once.
std::vector<std::string> changes_of_cells(const std::vector<const PlannedCell*>& gone,
                                          const std::vector<const PlannedCell*>& added);

/// What was changed of that which all cells of an experiment share: "seed was 3, now 4".
std::vector<std::string> changes_of_shared(const PlannedCell& before, const PlannedCell& now);

}  // namespace dpsbench
