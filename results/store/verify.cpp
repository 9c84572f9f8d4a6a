#include "results/store/verify.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "core/error.h"
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
    found.damages.push_back({path, "is of other images or of another cell than the manifest plans"});
  else if (const auto lacking = unexplained(*unit, planned, failed); !lacking.empty())
    found.damages.push_back({path, fmt::format("lacks {}, and no failure is noted", fmt::join(lacking, " "))});
  else if (const std::string part = not_finite_part(*unit); !part.empty())
    found.damages.push_back({path, fmt::format("{} holds numbers that are not finite", part)});
  else {
    ++found.units_whole;
    found.images_whole += static_cast<std::int64_t>(unit->image_ids.size());
  }
}

/// The failed images of each unit.
std::map<std::string, std::set<std::string>> failed_images(const UnitStore& store, const fs::path& folder,
                                                           Verification& found) {
  std::map<std::string, std::set<std::string>> failed;
  try {
    for (const UnitFailure& failure : store.failures())
      for (const ImageFailure& image : failure.images) failed[failure.unit_id].insert(image.image_id);
  } catch (const DataError& error) {
    found.damages.push_back({(folder / "failures").string(), error.what()});
  }
  for (const auto& [unit, images] : failed) found.images_failed += static_cast<std::int64_t>(images.size());
  return failed;
}

/// Reads every data set below a group, image by image.
void read_all(const hdf5::Group& group) {
  for (const std::string& name : group.names()) {
    if (group.is_group(name)) {
      read_all(group.group(name));
      continue;
    }
    if (name.ends_with("image_ids")) {
      (void)group.read_texts(name);
      continue;
    }
    const hdf5::Dataset dataset = group.dataset(name);
    for (std::int64_t row = 0; row < dataset.shape().at(0); ++row) (void)dataset.read_rows(row, 1);
  }
}

void verify_results(const fs::path& path, Verification& found) {
  if (!fs::exists(path)) return;
  try {
    const hdf5::File file = hdf5::File::open(path);
    (void)file.root().attributes();
    read_all(file.root());
  } catch (const DataError& error) {
    found.damages.push_back({path.string(), error.what()});
  }
}

}  // namespace

Verification verify(const fs::path& folder) {
  const Manifest manifest = read_manifest(folder);
  const UnitStore store(folder);
  Verification found;
  found.units_planned = static_cast<std::int64_t>(manifest.units.size());
  auto failed = failed_images(store, folder, found);
  std::set<std::string> planned_ids;
  for (const PlannedUnit& planned : manifest.units) {
    planned_ids.insert(planned.id);
    verify_unit(store, planned, failed[planned.id], found);
  }
  for (const std::string& id : store.present())
    if (!planned_ids.contains(id))
      found.damages.push_back({store.unit_path(id).string(), "no plan asks for this unit"});
  verify_results(results_path(folder), found);
  return found;
}

}  // namespace dpsbench
