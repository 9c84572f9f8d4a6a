#include "results/store/consolidate.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "results/hdf5/new_file.h"
#include "results/hdf5/typed_attributes.h"
#include "results/store/cell_writer.h"
#include "results/store/unit_images.h"

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

/// The images of a planned unit that are there. Those whose failures are noted may be absent, others may not.
PlannedUnit images_there(const UnitStore& store, const PlannedUnit& planned, bool has_failures) {
  if (!has_failures) return planned;
  const auto unit = store.open(planned.id);
  if (!unit || !belongs_to(unit->numbers(), planned)) return planned;  // told when its rows are read
  return images_had(planned, unit->numbers());
}

/// Whether the last run asked for samples to stay in their units.
bool links_samples(const Manifest& manifest) {
  if (manifest.runs.empty()) return false;
  const auto said = manifest.runs.back().find(samples_in_results);
  return said != manifest.runs.back().end() && said->second == "linked";
}

/// The planned cells with their finished units. A cell of which nothing is finished has none.
std::vector<CellToWrite> cells_to_write(const Manifest& manifest, const UnitStore& store) {
  const std::vector<std::string> present_list = store.present();
  const std::set<std::string> present(present_list.begin(), present_list.end());
  std::map<std::string, UnitFailure> failures;
  for (const UnitFailure& failure : store.failures()) failures[failure.unit_id] = failure;
  std::vector<std::map<std::string, std::string>> texts;
  for (const PlannedCell& cell : manifest.cells) texts.push_back(cell.attributes);
  const auto attributes = typed_attributes(texts);
  std::vector<CellToWrite> cells;
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < manifest.cells.size(); ++i) {
    index[manifest.cells[i].id] = i;
    cells.push_back({manifest.cells[i].id, attributes[i], {}, 0, {}, links_samples(manifest)});
  }
  for (const PlannedUnit& unit : manifest.units) {
    CellToWrite& cell = cells.at(index.at(unit.cell));
    cell.images_planned += static_cast<std::int64_t>(unit.image_ids.size());
    const auto failed = failures.find(unit.id);
    std::vector<std::string> done;
    if (present.contains(unit.id))
      done = cell.units.emplace_back(images_there(store, unit, failed != failures.end())).image_ids;
    if (failed == failures.end()) continue;
    for (const ImageFailure& image : failed->second.images)
      if (std::ranges::find(done, image.image_id) == done.end()) cell.failed_images.push_back(image.image_id);
  }
  for (CellToWrite& cell : cells) {
    std::ranges::sort(cell.units, {}, [](const PlannedUnit& unit) { return unit.positions.at(0); });
    std::ranges::sort(cell.failed_images);
  }
  return cells;
}

void write_provenance(const hdf5::Group& root, const Manifest& manifest, const Consolidation& counts) {
  std::map<std::string, hdf5::AttributeValue> attributes = {
      {"format", std::string("dpsbench results 1")},
      {"experiment", manifest.experiment},
      {"experiment_text", manifest.experiment_text},
      {"configuration", manifest.configuration},
      {"units_planned", counts.units_planned},
      {"units_written", counts.units_written},
      {"images_planned", counts.images_planned},
      {"images_written", counts.images_written},
      {"complete", counts.images_written == counts.images_planned},
      {"runs", nlohmann::json(manifest.runs).dump(1, ' ', false, nlohmann::json::error_handler_t::replace)},
  };
  if (!manifest.runs.empty())
    for (const auto& [name, text] : manifest.runs.back()) attributes.try_emplace(name, text);
  for (const auto& [name, value] : attributes) root.set_attribute(name, value);
}

}  // namespace

fs::path results_path(const fs::path& folder) { return folder / "results.h5"; }

Consolidation consolidate(const fs::path& folder, int deflate, const std::function<void()>& before_cell) {
  const Manifest manifest = read_manifest(folder);
  const UnitStore store(folder);
  Consolidation counts;
  counts.units_planned = static_cast<std::int64_t>(manifest.units.size());
  counts.file = results_path(folder);
  std::vector<CellToWrite> failed;  // cells without an image
  hdf5::NewFile file(counts.file, hdf5::NewFile::Seal::all_bytes);
  {
    SharedRows shared;
    const hdf5::Group cells = file.root().create_group("cells");
    for (const CellToWrite& cell : cells_to_write(manifest, store)) {
      before_cell();
      counts.images_planned += cell.images_planned;
      if (cell.units.empty()) {
        if (!cell.failed_images.empty()) failed.push_back(cell);
        continue;
      }
      counts.images_written += write_cell(cells, cell, manifest.groups, store, {.deflate = deflate}, shared);
      counts.units_written += static_cast<std::int64_t>(cell.units.size());
    }
  }
  if (!failed.empty()) {
    const hdf5::Group failed_cells = file.root().create_group("failed_cells");
    for (const CellToWrite& cell : failed) write_failed_cell(failed_cells, cell);
  }
  write_provenance(file.root(), manifest, counts);
  file.publish();
  return counts;
}

}  // namespace dpsbench
