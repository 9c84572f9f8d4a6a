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

/// What of the units' inputs has been looked at: each is read once, however many units have it.
class Inputs {
 public:
  explicit Inputs(const InputStore& store) : store_(store) {}

  /// Whether the array is there, whole and finite. What is not is noted, once, with this remark.
  bool is_sound(const std::string& digest, const char* remark, Verification& found) {
    const auto [place, is_new] = sound_.try_emplace(digest, true);
    if (!is_new) return place->second;
    std::string what;
    try {
      if (!is_finite(store_.read(digest))) what = "holds numbers that are not finite";
    } catch (const DataError& error) {
      what = error.what();
    }
    place->second = what.empty();
    if (!what.empty()) found.damages.push_back({store_.path(digest).string(), what + remark});
    return place->second;
  }
  /// Looks at those that no unit has: what is whole does no harm.
  void look_at_others(Verification& found) {
    for (const std::string& digest : store_.present())
      if (!sound_.contains(digest) && !store_.holds(digest))
        found.damages.push_back({store_.path(digest).string(), fmt::format("is damaged, and no unit needs it: rm '{}'",
                                                                           store_.path(digest).string())});
  }

 private:
  const InputStore& store_;
  std::map<std::string, bool> sound_;
};

/// The first array of a unit's own file that holds numbers that are not finite; empty if none does.
std::string not_finite_part(const StoredUnit& unit) {
  for (const char* name : {"reference", "measurement", "samples", "trajectory"})
    if (const auto array = unit.array(name); array && !is_finite(array->read())) return name;
  for (const auto& [name, values] : unit.numbers().metrics)
    if (!is_finite(values)) return name;
  return "";
}

/// Whether all inputs of a unit are sound; those that are not are noted, with this remark.
bool has_sound_inputs(const UnitSummary& unit, Inputs& inputs, Verification& found, const char* remark = "") {
  bool sound = true;
  for (const std::string& digest : unit.inputs) sound = inputs.is_sound(digest, remark, found) && sound;
  return sound;
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
                 Inputs& inputs, Verification& found) {
  const std::string path = store.unit_path(planned.id).string();
  std::optional<StoredUnit> stored;
  try {
    stored = store.open(planned.id);
  } catch (const DataError& error) {
    found.damages.push_back({path, error.what()});
    return;
  }
  if (!stored) {
    ++found.units_absent;
    return;
  }
  const UnitRecord& unit = stored->numbers();
  if (!belongs_to(unit, planned))
    found.damages.push_back({path, std::string("is of other images than the manifest plans") + done_anew});
  else if (const auto lacking = unexplained(unit, planned, failed); !lacking.empty())
    found.damages.push_back(
        {path, fmt::format("lacks {}, and no failure is noted{}", fmt::join(lacking, " "), done_anew)});
  else if (const std::string part = not_finite_part(*stored); !part.empty())
    found.damages.push_back({path, fmt::format("{} holds numbers that are not finite", part)});
  else if (has_sound_inputs(stored->summary(), inputs, found)) {
    ++found.units_whole;
    found.images_whole += static_cast<std::int64_t>(unit.image_ids.size());
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

/// Looks at the files in units/ that are of no planned unit: of earlier experiments of the folder, or of strangers.
void verify_others(const UnitStore& store, const Manifest& manifest, const std::set<std::string>& planned,
                   Inputs& inputs, Verification& found) {
  std::set<std::string> earlier;
  for (const EarlierUnit& unit : manifest.earlier) earlier.insert(unit.id);
  for (const std::string& name : store.present()) {
    if (planned.contains(name)) continue;
    const auto unit = earlier.contains(name) ? store.content_of(name) : std::nullopt;
    if (!unit || unit->unit_id != name)
      found.damages.push_back({store.unit_path(name).string(), describe_stranger(store, name, planned)});
    else if (has_sound_inputs(*unit, inputs, found,
                              ", once the units of earlier experiments that have it are asked for"))
      ++found.units_earlier;
  }
}

void verify_units(const UnitStore& store, const Manifest& manifest, Verification& found) {
  found.units_planned = static_cast<std::int64_t>(manifest.units.size());
  auto failed = failed_images(store, manifest, found);
  std::set<std::string> planned_ids;
  Inputs inputs(store.inputs());
  for (const PlannedUnit& planned : manifest.units) {
    planned_ids.insert(planned.id);
    verify_unit(store, planned, failed[planned.id], inputs, found);
  }
  verify_others(store, manifest, planned_ids, inputs, found);
  inputs.look_at_others(found);
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
