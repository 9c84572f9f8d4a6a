#pragma once
#include <string>
#include <vector>

#include "runner/experiment/plan.h"
#include "runner/station/station.h"

namespace dpsbench {

/// The cells that `run --only` names, as indices, ascending; all of them where it names none. A pattern, in which * and
/// ? stand for any letters, is a cell's id with or without its number, a task, a method or a method's label; or, where
/// it is none of them, a part of the ids. Throws UserError naming a pattern that fits no cell.
std::vector<std::size_t> chosen_cells(const std::vector<Cell>& cells, const std::vector<std::string>& patterns);

/// The units that a job is to see to: those of its part (runner/work/part.h), of the cells that it is limited to. As
/// indices, ascending; the same on every rank. Throws as above.
std::vector<std::size_t> own_units(const Plan& plan, const RunOptions& options);

}  // namespace dpsbench
