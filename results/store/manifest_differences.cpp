#include <algorithm>
#include <sstream>

#include "core/error.h"
#include "results/store/manifest.h"

namespace dpsbench {
namespace {

std::string value_or_none(const std::map<std::string, std::string>& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? "absent" : found->second;
}

void compare_cells(const PlannedCell& before, const PlannedCell& now, std::vector<std::string>& found) {
  std::map<std::string, std::string> all = before.attributes;
  all.insert(now.attributes.begin(), now.attributes.end());
  for (const auto& [name, ignored] : all) {
    const std::string old_value = value_or_none(before.attributes, name);
    const std::string new_value = value_or_none(now.attributes, name);
    if (old_value != new_value)
      found.push_back(fmt::format("cell {}: {} was {}, now {}", now.id, name, old_value, new_value));
  }
  if (before.id != now.id && found.empty()) found.push_back(fmt::format("cell {} is now cell {}", before.id, now.id));
}

void compare_units(const Manifest& before, const Manifest& now, std::vector<std::string>& found) {
  if (before.units.size() != now.units.size())
    found.push_back(fmt::format("{} units before, {} now", before.units.size(), now.units.size()));
  for (std::size_t i = 0; i < std::min(before.units.size(), now.units.size()); ++i)
    if (before.units[i].image_ids != now.units[i].image_ids) {
      found.push_back(fmt::format("the images of block {} were {}, now {}", i,
                                  fmt::join(before.units[i].image_ids, " "), fmt::join(now.units[i].image_ids, " ")));
      return;
    }
}

void compare_texts(const std::string& before, const std::string& now, std::vector<std::string>& found) {
  std::istringstream old_text(before);
  std::istringstream new_text(now);
  std::string old_line;
  std::string new_line;
  while (true) {
    const bool old_more = static_cast<bool>(std::getline(old_text, old_line));
    const bool new_more = static_cast<bool>(std::getline(new_text, new_line));
    if (!old_more && !new_more) return;
    if (!old_more) old_line = "nothing";
    if (!new_more) new_line = "nothing";
    if (old_line == new_line) continue;
    found.push_back(fmt::format("the experiment file said '{}', now '{}'", old_line, new_line));
    return;
  }
}

}  // namespace

std::vector<std::string> differences(const Manifest& before, const Manifest& now) {
  std::vector<std::string> found;
  if (before.experiment != now.experiment)
    found.push_back(fmt::format("the experiment was '{}', now '{}'", before.experiment, now.experiment));
  if (before.cells.size() != now.cells.size())
    found.push_back(fmt::format("{} cells before, {} now", before.cells.size(), now.cells.size()));
  for (std::size_t i = 0; i < std::min(before.cells.size(), now.cells.size()); ++i)
    compare_cells(before.cells[i], now.cells[i], found);
  if (found.empty()) compare_units(before, now, found);
  if (found.empty()) compare_texts(before.experiment_text, now.experiment_text, found);
  if (found.empty() && before.configuration != now.configuration)
    found.push_back(
        fmt::format("the configuration's digest was {}, now {}: weights, images or this program's numerics "
                    "changed",
                    before.configuration, now.configuration));
  return found;
}

}  // namespace dpsbench
