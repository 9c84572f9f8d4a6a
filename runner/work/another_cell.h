#pragma once
#include "runner/experiment/plan.h"

namespace dpsbench {

/// A unit whose cell has as little as can be in common with `unit`'s: where one fails, the other tells whether the
/// fault is the cell's own. Another method counts first, then other options of the method, then another task; of
/// several units the one whose images cost least, the first of equals, is taken. Null: the plan has one cell.
const Unit* unit_of_another_cell(const Plan& plan, const Unit& unit);

}  // namespace dpsbench
