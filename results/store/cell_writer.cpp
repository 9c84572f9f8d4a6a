#include "results/store/cell_writer.h"

#include <algorithm>

#include "core/error.h"
#include "metrics/registry.h"

namespace dpsbench {
namespace {

/// The data sets of one cell, row by row.
class CellRows {
 public:
  CellRows(const hdf5::Group& group, std::int64_t images, const hdf5::Storage& storage, SharedRows& shared)
      : group_(group), metrics_(group.create_group("metrics")), images_(images), storage_(storage), shared_(shared) {}

  void append(const UnitRecord& unit) {
    append(group_, "reference", unit.reference);
    append(group_, "measurement", unit.measurement);
    append(group_, "measurement_picture", unit.measurement_picture);
    append(group_, "samples", unit.samples);
    append(group_, "step_size", unit.step_size);
    append(group_, "prior_share", unit.prior_share);
    for (const auto& [name, values] : unit.metrics) append(metrics_, name, values);
  }

  void finish() {
    for (auto& [name, writer] : writers_) writer.finish();
    for (const MetricEntry& metric : metrics())
      if (metrics_.has(metric.name)) metrics_.set_attribute(metric.name, metric.convention);
  }

 private:
  void append(const hdf5::Group& group, const std::string& name, const Tensor& rows) {
    if (!rows.defined()) return;
    writers_.try_emplace(group.where(name), group, name, images_, storage_, shared_).first->second.append(rows);
  }

  const hdf5::Group& group_;
  hdf5::Group metrics_;
  std::int64_t images_;
  hdf5::Storage storage_;
  SharedRows& shared_;
  std::map<std::string, RowWriter> writers_;
};

/// The trajectories of a cell: of its first images only, so they are few and kept until all are known.
struct Trajectories {
  std::vector<Tensor> frames;
  std::vector<std::string> image_ids;

  void append(const UnitRecord& unit) {
    if (!unit.trajectory.defined() || unit.trajectory.size(0) == 0) return;
    frames.push_back(unit.trajectory);
    image_ids.insert(image_ids.end(), unit.image_ids.begin(), unit.image_ids.begin() + unit.trajectory.size(0));
  }
};

UnitRecord read_unit(const UnitStore& store, const PlannedUnit& planned) {
  auto unit = store.read(planned.id);
  const std::string path = store.unit_path(planned.id).string();
  if (!unit) throw DataError("{}: disappeared while results were put together", path);
  if (unit->image_ids != planned.image_ids || unit->positions != planned.positions)
    throw DataError("{}: is not the unit that the manifest plans; 'dpsbench run' does it anew", path);
  return *std::move(unit);
}

std::int64_t check_positions(const CellToWrite& cell) {
  std::int64_t images = 0;
  std::int64_t last = -1;
  for (const PlannedUnit& unit : cell.units)
    for (const std::int64_t position : unit.positions) {
      if (position <= last) throw DataError("cell {}: position {} is planned out of order or twice", cell.id, position);
      last = position;
      ++images;
    }
  return images;
}

/// What a cell cost.
struct CellCost {
  double seconds = 0;              ///< of all images
  double evaluations = 0;          ///< of one image
  double passes_back = 0;          ///< of one image
  double peak_bytes_an_image = 0;  ///< of the unit that took most for each of its images

  void add(const UnitRecord& unit) {
    seconds += unit.seconds;
    evaluations = unit.network_evaluations;
    passes_back = unit.passes_back;
    peak_bytes_an_image = std::max(
        peak_bytes_an_image, unit.peak_bytes / static_cast<double>(std::max<std::size_t>(1, unit.image_ids.size())));
  }
};

void write_attributes(const hdf5::Group& group, const CellToWrite& cell, std::int64_t images, const CellCost& cost) {
  for (const auto& [name, value] : cell.attributes) group.set_attribute(name, value);
  group.set_attribute("images_planned", cell.images_planned);
  group.set_attribute("images_done", images);
  group.set_attribute("seconds", cost.seconds);
  group.set_attribute("network_evaluations", cost.evaluations);
  group.set_attribute("passes_back", cost.passes_back);
  if (cost.peak_bytes_an_image > 0) group.set_attribute("peak_bytes_an_image", cost.peak_bytes_an_image);
  if (!cell.failed_images.empty()) group.set_attribute("failed_images", cell.failed_images);
}

}  // namespace

void write_failed_cell(const hdf5::Group& failed_cells, const CellToWrite& cell) {
  write_attributes(failed_cells.create_group(cell.id), cell, 0, {});
}

std::int64_t write_cell(const hdf5::Group& cells, const CellToWrite& cell,
                        const std::map<std::string, std::string>& groups, const UnitStore& store,
                        const hdf5::Storage& storage, SharedRows& shared) {
  const std::int64_t images = check_positions(cell);
  const hdf5::Group group = cells.create_group(cell.id);
  CellRows rows(group, images, storage, shared);
  Trajectories trajectories;
  std::vector<std::string> image_ids;
  std::vector<std::int64_t> positions;
  CellCost cost;
  for (const PlannedUnit& planned : cell.units) {
    const UnitRecord unit = read_unit(store, planned);
    rows.append(unit);
    trajectories.append(unit);
    image_ids.insert(image_ids.end(), unit.image_ids.begin(), unit.image_ids.end());
    positions.insert(positions.end(), unit.positions.begin(), unit.positions.end());
    cost.add(unit);
  }
  rows.finish();
  group.write_texts("image_ids", image_ids);
  if (!groups.empty()) {
    std::vector<std::string> of_images;
    for (const std::string& image : image_ids) {
      const auto found = groups.find(image);
      if (found == groups.end()) throw DataError("cell {}: the manifest has no group of image {}", cell.id, image);
      of_images.push_back(found->second);
    }
    group.write_texts("image_groups", of_images);
  }
  group.write("positions", at::tensor(positions, at::kLong));
  if (!trajectories.frames.empty()) {
    group.write("trajectory", at::cat(trajectories.frames), storage);
    group.write_texts("trajectory_image_ids", trajectories.image_ids);
  }
  write_attributes(group, cell, images, cost);
  return images;
}

}  // namespace dpsbench
