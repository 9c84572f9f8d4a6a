#include "results/store/cell_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

namespace dpsbench {
namespace {

using Attributes = std::map<std::string, std::string>;

/// As a cell's attributes are called (core/state.h, runner/experiment/attributes.cpp).
bool is_of_content(const std::string& name) {
  return name == "sigma_y" || name.starts_with("task.") || name.starts_with("method.") || name == "task" ||
         name == "method" || name == "task_origin" || name == "method_origin";
}

/// Attributes of all cells, and the keys of an experiment file that they are from.
const std::vector<std::pair<std::string, std::string>> shared_keys = {
    {"dataset", "dataset.name"}, {"prior", "prior"},
    {"truth", "truth"},          {"seed", "seed"},
    {"precision", "precision"},  {"hidden_noise", "hidden_noise"},
    {"noise", "noise"},          {"numerics_version", "the program's numerics"}};

std::string value_of(const Attributes& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  return found == attributes.end() ? "absent" : found->second;
}

/// "methods: dps: steps" of the attribute "method.steps".
std::string key_of(const std::string& name, const Attributes& attributes) {
  for (const std::string role : {"task", "method"})
    if (name.starts_with(role + "."))
      return fmt::format("{}s: {}: {}", role, value_of(attributes, role), name.substr(role.size() + 1));
  return name;
}

std::vector<std::string> changes_of(const PlannedCell& before, const PlannedCell& now) {
  std::set<std::string> names;
  for (const Attributes* attributes : {&before.attributes, &now.attributes})
    for (const auto& [name, ignored] : *attributes)
      if (is_of_content(name)) names.insert(name);
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const std::string old_value = value_of(before.attributes, name);
    const std::string new_value = value_of(now.attributes, name);
    if (old_value != new_value)
      found.push_back(fmt::format("{} was {}, now {}", key_of(name, now.attributes), old_value, new_value));
  }
  return found;
}

}  // namespace

std::string content_of(const PlannedCell& cell) {
  std::string text;
  for (const auto& [name, value] : cell.attributes)
    if (is_of_content(name)) text += fmt::format("{} {}\n", name, value);
  return text;
}

std::vector<const PlannedCell*> cells_only_in(const Manifest& plan, const Manifest& other) {
  std::set<std::string> of_other;
  for (const PlannedCell& cell : other.cells) of_other.insert(content_of(cell));
  std::vector<const PlannedCell*> only;
  for (const PlannedCell& cell : plan.cells)
    if (!of_other.contains(content_of(cell))) only.push_back(&cell);
  return only;
}

std::vector<std::string> changes_of_cells(const std::vector<const PlannedCell*>& gone,
                                          const std::vector<const PlannedCell*>& added) {
  std::vector<std::string> all;
  for (const PlannedCell* before : gone) {
    std::vector<std::string> least;
    for (const PlannedCell* now : added) {
      if (value_of(before->attributes, "task") != value_of(now->attributes, "task") ||
          value_of(before->attributes, "method") != value_of(now->attributes, "method"))
        continue;
      if (const auto found = changes_of(*before, *now); least.empty() || found.size() < least.size()) least = found;
    }
    for (const std::string& change : least)
      if (std::ranges::find(all, change) == all.end()) all.push_back(change);
  }
  return all;
}

std::vector<std::string> changes_of_shared(const PlannedCell& before, const PlannedCell& now) {
  std::vector<std::string> found;
  for (const auto& [name, key] : shared_keys) {
    const std::string old_value = value_of(before.attributes, name);
    const std::string new_value = value_of(now.attributes, name);
    if (old_value != new_value) found.push_back(fmt::format("{} was {}, now {}", key, old_value, new_value));
  }
  return found;
}

}  // namespace dpsbench
