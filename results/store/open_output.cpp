#include <algorithm>
#include <optional>
#include <set>

#include "core/error.h"
#include "results/files/durable_file.h"
#include "results/store/manifest.h"
#include "results/store/unit_store.h"

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

/// So many differences are told; more would hide the first.
constexpr std::size_t differences_told = 5;

[[noreturn]] void refuse_other_configuration(const fs::path& folder, const Manifest& before, const Manifest& now) {
  std::vector<std::string> found = differences(before, now);
  const std::size_t told = std::min(found.size(), differences_told);
  if (found.size() > told) found[told - 1] = fmt::format("... {} more", found.size() - told + 1);
  found.resize(told);
  throw UserError(
      "{}: holds results of a different configuration, and results are never mixed:\n  {}\n"
      "Give another --output folder, or the experiment that this one was begun with, or delete it.",
      folder.string(), fmt::join(found, "\n  "));
}

/// Throws if the folder holds a whole unit that the plan does not ask for: then it may be another experiment's.
void refuse_units_of_others(const fs::path& folder, const Manifest& plan, const std::string& damage) {
  const UnitStore store(folder);
  std::set<std::string> planned;
  for (const PlannedUnit& unit : plan.units) planned.insert(unit.id);
  for (const std::string& id : store.present())
    if (!planned.contains(id) && store.summary_of(id))
      throw UserError(
          "{}\nIt cannot be written anew: {} is of no unit of this experiment.\n"
          "Give the experiment that this folder was begun with, or another --output folder, or delete that unit.",
          damage, store.unit_path(id).string());
}

OpenedOutput begin_output(const fs::path& folder, const Manifest& plan) {
  write_manifest(folder, plan);
  return {plan, {}};
}

OpenedOutput mend_output(const fs::path& folder, const Manifest& plan, const std::string& damage) {
  refuse_units_of_others(folder, plan, damage);
  OpenedOutput opened{plan, {}};
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

OpenedOutput open_output(const fs::path& folder, const Manifest& plan) {
  make_folder(folder);
  std::optional<Manifest> existing;
  try {
    existing = find_manifest(folder);
  } catch (const DamagedManifest& error) {
    return mend_output(folder, plan, error.what());
  }
  if (!existing) return begin_output(folder, plan);
  if (existing->configuration != plan.configuration) refuse_other_configuration(folder, *existing, plan);
  OpenedOutput opened{existing->sealed ? *existing : plan, {}};
  opened.manifest.groups = plan.groups;  // no answer depends on them
  opened.manifest.runs = existing->runs;
  opened.manifest.runs.insert(opened.manifest.runs.end(), plan.runs.begin(), plan.runs.end());
  if (!existing->sealed)
    opened.mended = manifest_path(folder).string() + ": had no seal and is written anew, with its list of runs";
  write_manifest(folder, opened.manifest);
  return opened;
}

}  // namespace dpsbench
