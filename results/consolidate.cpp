#include "results/consolidate.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "core/error.h"
#include "results/cell_writer.h"
#include "results/durable_file.h"
#include "results/typed_attributes.h"

namespace fs = std::filesystem;

namespace dpsbench {
namespace {

/// The planned cells with their finished units. A cell of which nothing is finished has none.
std::vector<CellToWrite> cells_to_write(const Manifest& manifest, const UnitStore& store) {
  const std::vector<std::string> present_list = store.present();
  const std::set<std::string> present(present_list.begin(), present_list.end());
  std::vector<std::map<std::string, std::string>> texts;
  for (const PlannedCell& cell : manifest.cells) texts.push_back(cell.attributes);
  const auto attributes = typed_attributes(texts);
  std::vector<CellToWrite> cells;
  std::map<std::string, std::size_t> index;
  for (std::size_t i = 0; i < manifest.cells.size(); ++i) {
    index[manifest.cells[i].id] = i;
    cells.push_back({manifest.cells[i].id, attributes[i], {}, 0, {}});
  }
  for (const PlannedUnit& unit : manifest.units) {
    CellToWrite& cell = cells.at(index.at(unit.cell));
    cell.images_planned += static_cast<std::int64_t>(unit.image_ids.size());
    if (present.contains(unit.id)) cell.units.push_back(unit);
  }
  for (const UnitFailure& failure : store.failures())
    if (const auto found = index.find(failure.cell_id); found != index.end()) {
      auto& failed = cells[found->second].failed_images;
      failed.insert(failed.end(), failure.image_ids.begin(), failure.image_ids.end());
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
      {"complete", counts.units_written == counts.units_planned},
      {"runs", nlohmann::json(manifest.runs).dump(1, ' ', false, nlohmann::json::error_handler_t::replace)},
  };
  if (!manifest.runs.empty())
    for (const auto& [name, text] : manifest.runs.back()) attributes.try_emplace(name, text);
  for (const auto& [name, value] : attributes) root.set_attribute(name, value);
}

Consolidation write_results(const fs::path& temporary, const fs::path& folder, int deflate) {
  const Manifest manifest = read_manifest(folder);
  const UnitStore store(folder);
  Consolidation counts;
  counts.units_planned = static_cast<std::int64_t>(manifest.units.size());
  counts.file = results_path(folder);
  hdf5::File file = hdf5::File::create(temporary);
  {
    SharedRows shared;
    const hdf5::Group cells = file.root().create_group("cells");
    for (const CellToWrite& cell : cells_to_write(manifest, store)) {
      if (cell.units.empty()) continue;
      write_cell(cells, cell, store, {.deflate = deflate}, shared);
      counts.units_written += static_cast<std::int64_t>(cell.units.size());
    }
  }
  write_provenance(file.root(), manifest, counts);
  file.close();
  return counts;
}

}  // namespace

fs::path results_path(const fs::path& folder) { return folder / "results.h5"; }

Consolidation consolidate(const fs::path& folder, int deflate) {
  const fs::path path = results_path(folder);
  const fs::path temporary = temporary_name(path);
  try {
    const Consolidation counts = write_results(temporary, folder, deflate);
    publish_durably(temporary, path);
    return counts;
  } catch (...) {
    std::error_code ignored;
    fs::remove(temporary, ignored);
    throw;
  }
}

}  // namespace dpsbench
