#include <algorithm>
#include <optional>
#include <set>

#include "core/error.h"
#include "results/files/durable_file.h"
#include "results/store/growth.h"
#include "results/store/manifest.h"
#include "results/store/unit_store.h"

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

/// So many changes are told; more would hide the first.
constexpr std::size_t changes_told = 5;

[[noreturn]] void refuse_changes(const fs::path& folder, std::vector<std::string> changes) {
  const std::size_t told = std::min(changes.size(), changes_told);
  if (changes.size() > told) changes[told - 1] = fmt::format("... {} more", changes.size() - told + 1);
  changes.resize(told);
  throw UserError(
      "{}: holds results of a different configuration, and results are never mixed:\n  {}\n"
      "An experiment may grow where it was: by methods, tasks, noise levels, values of a scan, metrics, samples, and "
      "by\n"
      "images at the end of the list. For what is changed, give another --output folder ('dpsbench report' compares\n"
      "both), or the experiment that this one was begun with, or delete it.",
      folder.string(), fmt::join(changes, "\n  "));
}

/// Brings a folder to a plan that asks for more or less than before. Throws if it asks for something changed.
OpenedOutput grow_output(const fs::path& folder, const Manifest& before, const Manifest& plan, Others others) {
  const Growth growth = growth_of(before, plan);
  if (!growth.changes.empty()) refuse_changes(folder, growth.changes);
  if (others == Others::at_work)
    throw UserError("{}: other jobs are at work on it as it was ({}); run again when they have ended", folder.string(),
                    fmt::join(growth.remarks, "; "));
  const UnitStore store(folder);
  const std::vector<std::string> present = store.present();
  OpenedOutput opened{plan, {}, growth.remarks};
  for (const EarlierUnit& unit : growth.earlier) {
    store.clear_failures(unit.id);  // they would be told as those of the plan
    if (std::ranges::binary_search(present, unit.id)) opened.manifest.earlier.push_back(unit);
  }
  auto runs = before.runs;
  if (!runs.empty()) runs.back().try_emplace("configuration", before.configuration);  // earlier versions did not say it
  opened.manifest.runs.insert(opened.manifest.runs.begin(), runs.begin(), runs.end());
  write_manifest(folder, opened.manifest);
  return opened;
}

/// Throws if the folder holds a whole unit that the plan does not ask for: then it may be another experiment's.
void refuse_units_of_others(const fs::path& folder, const Manifest& plan, const std::string& damage) {
  const UnitStore store(folder);
  std::set<std::string> planned;
  for (const PlannedUnit& unit : plan.units) planned.insert(unit.id);
  for (const std::string& id : store.present())
    if (!planned.contains(id) && store.is_there(id))
      throw UserError(
          "{}\nIt cannot be written anew: {} is of no unit of this experiment.\n"
          "Give the experiment that this folder was begun with, or another --output folder, or delete that unit.",
          damage, store.unit_path(id).string());
}

OpenedOutput begin_output(const fs::path& folder, const Manifest& plan) {
  write_manifest(folder, plan);
  return {plan};
}

OpenedOutput mend_output(const fs::path& folder, const Manifest& plan, const std::string& damage) {
  refuse_units_of_others(folder, plan, damage);
  OpenedOutput opened{plan};
  auto& runs = opened.manifest.runs;
  const auto before = runs_of_damaged(folder);
  runs.insert(runs.begin(), before.begin(), before.end());
  opened.mended = fmt::format(
      "{}: was damaged and is written anew; {}", manifest_path(folder).string(),
      before.empty() ? "what it said of earlier runs is lost" : "what it said of earlier runs is kept as it was found");
  if (!plan.runs.empty()) runs.back()["note"] = "the manifest was damaged and is written anew";
  write_manifest(folder, opened.manifest);
  return opened;
}

}  // namespace

OpenedOutput open_output(const fs::path& folder, const Manifest& plan, Others others) {
  make_folder(folder);
  std::optional<Manifest> existing;
  try {
    existing = find_manifest(folder);
  } catch (const DamagedManifest& error) {
    return mend_output(folder, plan, error.what());
  }
  if (!existing) return begin_output(folder, plan);
  if (existing->configuration != plan.configuration) return grow_output(folder, *existing, plan, others);
  OpenedOutput opened{existing->sealed ? *existing : plan};
  for (std::size_t i = 0; i < std::min(plan.units.size(), opened.manifest.units.size()); ++i)
    opened.manifest.units[i].base = plan.units[i].base;  // as of an earlier version it has none
  opened.manifest.groups = plan.groups;                  // no answer depends on them
  opened.manifest.runs = existing->runs;
  opened.manifest.runs.insert(opened.manifest.runs.end(), plan.runs.begin(), plan.runs.end());
  if (!existing->sealed)
    opened.mended = manifest_path(folder).string() + ": had no seal and is written anew, with its list of runs";
  write_manifest(folder, opened.manifest);
  return opened;
}

}  // namespace dpsbench
