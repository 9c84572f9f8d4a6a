#include "results/store/cell_changes.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <set>

namespace dpsbench {
namespace {

using Attributes = std::map<std::string, std::string>;

const std::string revision = "method_revision";

/// As a cell's attributes are called (core/state.h, runner/experiment/attributes.cpp).
bool is_of_content(const std::string& name) {
  return name == "sigma_y" || name.starts_with("task.") || name.starts_with("method.") || name == "task" ||
         name == "method" || name == "task_origin" || name == "method_origin" || name == revision;
}

/// Attributes of all cells, and the keys of an experiment file that they are from.
const std::vector<std::pair<std::string, std::string>> shared_keys = {
    {"dataset", "dataset.name"}, {"prior", "prior"},
    {"truth", "truth"},          {"seed", "seed"},
    {"precision", "precision"},  {"hidden_noise", "hidden_noise"},
    {"noise", "noise"},          {"numerics_version", "the program's numerics"}};

std::string value_of(const Attributes& attributes, const std::string& name) {
  const auto found = attributes.find(name);
  if (found != attributes.end()) return found->second;
  return name == "noise" ? "gaussian" : "absent";
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
      if (is_of_content(name) && name != revision) names.insert(name);
  std::vector<std::string> found;
  for (const std::string& name : names) {
    const std::string old_value = value_of(before.attributes, name);
    const std::string new_value = value_of(now.attributes, name);
    if (old_value != new_value)
      found.push_back(fmt::format("{} was {}, now {}", key_of(name, now.attributes), old_value, new_value));
  }
  return found;
}

/// Whether the cells are of one task and one method, whatever their options.
bool are_of_one_kind(const PlannedCell& before, const PlannedCell& now) {
  return value_of(before.attributes, "task") == value_of(now.attributes, "task") &&
         value_of(before.attributes, "method") == value_of(now.attributes, "method");
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
    std::optional<std::vector<std::string>> least;
    for (const PlannedCell* now : added) {
      if (!are_of_one_kind(*before, *now)) continue;
      if (const auto found = changes_of(*before, *now); !least || found.size() < least->size()) least = found;
    }
    for (const std::string& change : least.value_or(std::vector<std::string>{}))
      if (std::ranges::find(all, change) == all.end()) all.push_back(change);
  }
  return all;
}

std::vector<const PlannedCell*> revised_cells(const std::vector<const PlannedCell*>& gone,
                                              const std::vector<const PlannedCell*>& added) {
  std::vector<const PlannedCell*> revised;
  for (const PlannedCell* now : added)
    if (std::ranges::any_of(gone, [&](const PlannedCell* before) { return changes_of(*before, *now).empty(); }))
      revised.push_back(now);
  return revised;
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
