#pragma once
#include <string>
#include <vector>

#include "results/store/manifest.h"

namespace dpsbench {

/// Task, noise level and method with every option: what sets the cells of an experiment apart, whatever their number
/// and their label; and the method's revision.
std::string content_of(const PlannedCell& cell);

/// The cells of one plan that another does not have.
std::vector<const PlannedCell*> cells_only_in(const Manifest& plan, const Manifest& other);

/// What was changed of the cells that are gone, where one of the same task and method is new: "methods: dps: steps was
/// 100, now 50". Each once. A method's revision is nobody's change.
std::vector<std::string> changes_of_cells(const std::vector<const PlannedCell*>& gone,
                                          const std::vector<const PlannedCell*>& added);

/// The cells of `added` that are of `gone` but for their method's revision: this program samples them anew.
std::vector<const PlannedCell*> revised_cells(const std::vector<const PlannedCell*>& gone,
                                              const std::vector<const PlannedCell*>& added);

/// What was changed of that which all cells of an experiment share: "seed was 3, now 4".
std::vector<std::string> changes_of_shared(const PlannedCell& before, const PlannedCell& now);

}  // namespace dpsbench
