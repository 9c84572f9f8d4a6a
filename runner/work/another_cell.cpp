#include "runner/work/another_cell.h"

#include <algorithm>
#include <tuple>
#include <vector>

namespace dpsbench {

const Unit* unit_of_another_cell(const Plan& plan, const Unit& unit) {
  const Cell& cell = plan.cells[unit.cell];
  const auto rank = [&](const Unit* other) {  // the less, the better
    const Cell& its = plan.cells[other->cell];
    const double image_cost = other->cost / static_cast<double>(other->count);
    return std::tuple(its.method == cell.method, its.method_state() == cell.method_state(), its.task == cell.task,
                      image_cost);
  };
  std::vector<const Unit*> others;
  for (const Unit& other : plan.units)
    if (other.cell != unit.cell) others.push_back(&other);
  const auto best = std::ranges::min_element(others, {}, rank);
  return best == others.end() ? nullptr : *best;
}

}  // namespace dpsbench
