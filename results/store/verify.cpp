#include "results/store/verify.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/error.h"
#include "results/files/sealed_file.h"
#include "results/hdf5/file.h"
#include "results/store/consolidate.h"
#include "results/store/manifest.h"
#include "results/store/unit_images.h"
#include "results/store/unit_store.h"

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

bool is_finite(const Tensor& values) { return !values.defined() || values.isfinite().all().item<bool>(); }

/// The first array of a unit that holds numbers that are not finite; empty if none does.
std::string not_finite_part(const UnitRecord& unit) {
  if (!is_finite(unit.reference)) return "reference";
  if (!is_finite(unit.measurement)) return "measurement";
  if (!is_finite(unit.samples)) return "samples";
  if (!is_finite(unit.trajectory)) return "trajectory";
  for (const auto& [name, values] : unit.metrics)
    if (!is_finite(values)) return name;
  return "";
}

/// The planned images that a unit lacks although no failure of theirs is noted.
std::vector<std::string> unexplained(const UnitRecord& unit, const PlannedUnit& planned,
                                     const std::set<std::string>& failed) {
  std::vector<std::string> lacking;
  for (const std::string& id : planned.image_ids)
    if (std::ranges::find(unit.image_ids, id) == unit.image_ids.end() && !failed.contains(id)) lacking.push_back(id);
  return lacking;
}

constexpr const char* done_anew = "; 'dpsbench run' does the unit anew";

void verify_unit(const UnitStore& store, const PlannedUnit& planned, const std::set<std::string>& failed,
                 Verification& found) {
  const std::string path = store.unit_path(planned.id).string();
  std::optional<UnitRecord> unit;
  try {
    unit = store.read(planned.id);
  } catch (const DataError& error) {
    found.damages.push_back({path, error.what()});
    return;
  }
  if (!unit) {
    ++found.units_absent;
    return;
  }
  if (!belongs_to(*unit, planned))
    found.damages.push_back({path, std::string("is of other images than the manifest plans") + done_anew});
  else if (const auto lacking = unexplained(*unit, planned, failed); !lacking.empty())
    found.damages.push_back(
        {path, fmt::format("lacks {}, and no failure is noted{}", fmt::join(lacking, " "), done_anew)});
  else if (const std::string part = not_finite_part(*unit); !part.empty())
    found.damages.push_back({path, fmt::format("{} holds numbers that are not finite", part)});
  else {
    ++found.units_whole;
    found.images_whole += static_cast<std::int64_t>(unit->image_ids.size());
  }
}

/// The failed images of each unit. A note that the plan, where there is one, does not ask for is damage.
std::map<std::string, std::set<std::string>> failed_images(const UnitStore& store, const Manifest& manifest,
                                                           Verification& found) {
  std::set<std::string> planned;
  for (const PlannedUnit& unit : manifest.units) planned.insert(unit.id);
  std::map<std::string, std::set<std::string>> failed;
  for (const std::string& name : store.noted()) {
    const std::string path = store.failure_path(name).string();
    if (!planned.empty() && !planned.contains(name)) {
      found.damages.push_back({path, fmt::format("is a note of no planned unit; nothing needs it: rm '{}'", path)});
      continue;
    }
    try {
      const std::optional<UnitFailure> failure = store.failure_of(name);
      for (const ImageFailure& image : failure.value().images) failed[name].insert(image.image_id);
    } catch (const DataError& error) {
      found.damages.push_back({path, error.what()});
    }
  }
  for (const auto& [unit, images] : failed) found.images_failed += static_cast<std::int64_t>(images.size());
  return failed;
}

/// What a file in units/ is that has the name of no planned unit, and what to do with it.
std::string describe_stranger(const UnitStore& store, const std::string& name, const std::set<std::string>& planned) {
  const std::string remedy = fmt::format("; nothing needs it: rm '{}'", store.unit_path(name).string());
  const auto unit = store.content_of(name);
  if (!unit) return "is no unit, or a damaged one, and no plan asks for this name" + remedy;
  if (planned.contains(unit->unit_id)) return fmt::format("is a copy of unit {}{}", unit->unit_id, remedy);
  return fmt::format("no plan asks for this unit, which is {} of another output{}", unit->cell_id, remedy);
}

void verify_units(const UnitStore& store, const Manifest& manifest, Verification& found) {
  found.units_planned = static_cast<std::int64_t>(manifest.units.size());
  auto failed = failed_images(store, manifest, found);
  std::set<std::string> planned_ids;
  for (const PlannedUnit& planned : manifest.units) {
    planned_ids.insert(planned.id);
    verify_unit(store, planned, failed[planned.id], found);
  }
  std::set<std::string> earlier;
  for (const EarlierUnit& unit : manifest.earlier) earlier.insert(unit.id);
  for (const std::string& name : store.present()) {
    if (planned_ids.contains(name)) continue;
    if (earlier.contains(name) && store.summary_of(name))
      ++found.units_earlier;
    else
      found.damages.push_back({store.unit_path(name).string(), describe_stranger(store, name, planned_ids)});
  }
}

/// Where no manifest says what should be there: what is there.
void verify_present(const UnitStore& store, Verification& found) {
  for (const std::string& name : store.present()) try {
      found.images_whole += static_cast<std::int64_t>(store.read(name)->image_ids.size());
      ++found.units_whole;
    } catch (const DataError& error) {
      found.damages.push_back({store.unit_path(name).string(), error.what()});
    }
  (void)failed_images(store, {}, found);
}

/// Reads every data set below a group, image by image.
void read_all(const hdf5::Group& group) {
  for (const std::string& name : group.names()) {
    if (group.is_group(name)) {
      read_all(group.group(name));
      continue;
    }
    if (name.ends_with("image_ids") || name == "image_groups") {
      (void)group.read_texts(name);
      continue;
    }
    const hdf5::Dataset dataset = group.dataset(name);
    for (std::int64_t row = 0; row < dataset.shape().at(0); ++row) (void)dataset.read_rows(row, 1);
  }
}

constexpr const char* results_remedy = "; 'dpsbench run' and 'dpsbench report' make it anew of the units";

/// Results of a configuration that the folder had are no damage: it grows. `manifest`: none where it is damaged.
void verify_results(const fs::path& path, const std::optional<Manifest>& manifest, Verification& found) {
  if (!fs::exists(path)) return;
  try {
    require_seal(path);
    const hdf5::File file = hdf5::File::open(path);
    const auto attributes = file.root().attributes();
    const auto of_file = attributes.find("configuration");
    const auto* text = of_file == attributes.end() ? nullptr : std::get_if<std::string>(&of_file->second);
    if (manifest && (text == nullptr || !had_configuration(*manifest, *text)))
      throw DataError("{}: holds results of another experiment than the manifest's", path.string());
    read_all(file.root());
  } catch (const DataError& error) {
    found.damages.push_back({path.string(), error.what() + std::string(results_remedy)});
  }
}

}  // namespace

Verification verify(const fs::path& folder) {
  const UnitStore store(folder);
  Verification found;
  std::optional<Manifest> manifest;
  try {
    manifest = read_manifest(folder);
    if (!manifest->sealed)
      found.damages.push_back({manifest_path(folder).string(),
                               "has no seal, as those of earlier versions: nothing shows whether it was altered; "
                               "'dpsbench run' of the same experiment into this folder seals it"});
    verify_units(store, *manifest, found);
  } catch (const DamagedManifest& error) {
    found.damages.push_back({manifest_path(folder).string(), error.what()});
    verify_present(store, found);
  }
  verify_results(results_path(folder), manifest, found);
  return found;
}

}  // namespace dpsbench
