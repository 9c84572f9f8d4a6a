#include "runner/work/own_units.h"

#include <fmt/ranges.h>
#include <fnmatch.h>

#include <algorithm>
#include <set>

#include "core/error.h"
#include "runner/work/part.h"

namespace dpsbench {
namespace {

bool fits(const std::string& pattern, const std::string& text) {
  return fnmatch(pattern.c_str(), text.c_str(), 0) == 0;
}

/// Whether a pattern is the whole of something that the cell is called by.
bool is_called(const Cell& cell, const std::string& pattern) {
  const std::string without_number = cell.id.substr(cell.id.find('-') + 1);
  return fits(pattern, cell.id) || fits(pattern, without_number) || fits(pattern, cell.task->name) ||
         fits(pattern, cell.method->name) || fits(pattern, cell.method_label);
}

[[noreturn]] void refuse(const std::vector<Cell>& cells, const std::string& pattern) {
  constexpr std::size_t most = 8;
  std::vector<std::string> ids;
  for (const Cell& cell : cells)
    if (ids.size() < most) ids.push_back(cell.id);
  throw UserError(
      "--only {}: no cell of this experiment is called so; there are: {}{}", pattern, fmt::join(ids, ", "),
      cells.size() > most ? fmt::format(" and {} more (dpsbench plan lists them)", cells.size() - most) : "");
}

}  // namespace

std::vector<std::size_t> chosen_cells(const std::vector<Cell>& cells, const std::vector<std::string>& patterns) {
  std::set<std::size_t> chosen;
  for (const std::string& pattern : patterns) {
    std::vector<std::size_t> whole;
    std::vector<std::size_t> part;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (is_called(cells[i], pattern)) whole.push_back(i);
      if (fits("*" + pattern + "*", cells[i].id)) part.push_back(i);
    }
    const std::vector<std::size_t>& found = whole.empty() ? part : whole;
    if (found.empty()) refuse(cells, pattern);
    chosen.insert(found.begin(), found.end());
  }
  return {chosen.begin(), chosen.end()};
}

std::vector<std::size_t> own_units(const Plan& plan, const RunOptions& options) {
  std::vector<std::size_t> units = units_of_part(plan.costs(), options.part);
  if (options.only.empty()) return units;
  const std::vector<std::size_t> cells = chosen_cells(plan.cells, options.only);
  std::erase_if(units, [&](std::size_t unit) { return !std::ranges::binary_search(cells, plan.units[unit].cell); });
  return units;
}

}  // namespace dpsbench
