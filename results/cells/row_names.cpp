#include "results/cells/row_names.h"

#include <algorithm>

namespace dpsbench {

std::vector<std::string> row_names(const CellResult& cell, const std::vector<const CellResult*>& cells,
                                   const CellLabels& labels) {
  const std::string from = cell.text("preset_label");
  std::vector<std::string> names;
  for (const char* place : {"published", "tuned"})
    if (from.find(place) != std::string::npos && std::ranges::count_if(cells, [&](const CellResult* other) {
                                                   return other->text("method") == cell.text("method") &&
                                                          other->text("run") == cell.text("run") &&
                                                          labels.telling(*other).empty() &&
                                                          other->text("preset_label").find(place) != std::string::npos;
                                                 }) <= 1)
      names.push_back(label(cell.state("method"), labels.telling(cell), {place}) + run_label(cell));
  if (names.empty()) names.push_back(labels.method_and_steps(cell));
  return names;
}

}  // namespace dpsbench
