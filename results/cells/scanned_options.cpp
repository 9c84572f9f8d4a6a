#include "results/cells/scanned_options.h"

#include <map>

namespace dpsbench {

std::set<std::string> scanned_options(const std::vector<const CellResult*>& cells) {
  std::map<std::pair<std::string, std::string>, std::set<double>> values;  // by where from, and option
  for (const CellResult* cell : cells)
    for (const auto& [name, value] : cell->attributes)
      if (name.starts_with("method.") && name != "method.steps" && (value.index() == 1 || value.index() == 2))
        values[{cell->text("preset_label"), name}].insert(cell->number(name));
  std::set<std::string> scanned;
  for (const auto& [from_and_name, numbers] : values)
    if (numbers.size() > 1) scanned.insert(from_and_name.second);
  return scanned;
}

}  // namespace dpsbench
