#include "results/store/cell_writer.h"

#include <algorithm>

#include "core/error.h"
#include "metrics/registry.h"
#include "results/store/coding_attributes.h"

namespace dpsbench {
namespace {

/// The data sets of one cell, row by row.
class CellRows {
 public:
  CellRows(const hdf5::Group& group, std::int64_t images, bool links_samples, const hdf5::Storage& storage,
           SharedRows& shared)
      : group_(group),
        metrics_(group.create_group("metrics")),
        images_(images),
        links_samples_(links_samples),
        storage_(storage),
        shared_(shared) {}

  /// `file`: the unit's, its path from the results' folder.
  void append(const StoredUnit& unit, const InputStore& inputs, const std::string& file) {
    const auto images = static_cast<std::int64_t>(unit.numbers().image_ids.size());
    const bool compressed = storage_.deflate > 0;
    for (const char* name : {"reference", "measurement", "measurement_picture", samples, "step_size", "prior_share"}) {
      if (const auto digest = unit.input(name))
        append(group_, name,
               {*digest, images, [&, compressed] { return rows_of(inputs.open(*digest).rows, compressed); }});
      else if (const auto array = unit.array(name); array && links_samples_ && std::string_view(name) == samples)
        link_samples(file, *array);
      else if (array)
        append(group_, name, block_of(rows_of(*array, compressed)));
    }
    for (const auto& [name, values] : unit.numbers().metrics)
      append(metrics_, name, block_of(values), {});  // a number an image: nothing is saved by compressing it
  }

  void finish() {
    for (auto& [name, writer] : writers_) writer.finish();
    if (!linked_.empty()) group_.link_rows(samples, row_of_sample_, linked_);
    for (const MetricEntry& metric : metrics())
      if (metrics_.has(metric.name)) metrics_.set_attribute(metric.name, metric.convention);
  }

 private:
  void append(const hdf5::Group& group, const std::string& name, const RowBlock& rows) {
    append(group, name, rows, storage_);
  }

  void append(const hdf5::Group& group, const std::string& name, const RowBlock& rows, const hdf5::Storage& storage) {
    const auto [place, is_new] = writers_.try_emplace(group.where(name), group, name, images_, storage, shared_);
    if (is_new && name == "measurement_picture")
      place->second.compare_with(writers_.at(group.where("measurement")));  // before it in name, too: finished first
    place->second.append(rows);
  }

  void link_samples(const std::string& file, const hdf5::Dataset& array) {
    const std::vector<std::int64_t> row(array.shape().begin() + 1, array.shape().end());
    if (linked_.empty()) row_of_sample_ = row;
    if (row != row_of_sample_ || array.type() != at::kFloat)
      throw DataError("{}: its samples are [{}] of {}, those of other units of the cell [{}] of Float", file,
                      fmt::join(row, ", "), at::toString(array.type()), fmt::join(row_of_sample_, ", "));
    linked_.push_back({file, fmt::format("/{}", samples), array.shape().front()});
  }

  static constexpr const char* samples = "samples";
  const hdf5::Group& group_;
  hdf5::Group metrics_;
  std::int64_t images_;
  bool links_samples_;
  hdf5::Storage storage_;
  SharedRows& shared_;
  std::map<std::string, RowWriter> writers_;
  std::vector<hdf5::LinkedRows> linked_;     ///< of samples
  std::vector<std::int64_t> row_of_sample_;  ///< its shape, where samples are linked
};

/// The trajectories of a cell: of its first images only, so they are few and kept until all are known.
struct Trajectories {
  std::vector<Tensor> frames;
  std::vector<std::string> image_ids;

  void append(const StoredUnit& unit) {
    const auto trajectory = unit.array("trajectory");
    if (!trajectory || trajectory->shape().at(0) == 0) return;
    frames.push_back(trajectory->read());
    const std::vector<std::string>& ids = unit.numbers().image_ids;
    image_ids.insert(image_ids.end(), ids.begin(), ids.begin() + frames.back().size(0));
  }
};

StoredUnit open_unit(const UnitStore& store, const PlannedUnit& planned) {
  auto unit = store.open(planned.id);
  const std::string path = store.unit_path(planned.id).string();
  if (!unit) throw DataError("{}: disappeared while results were put together", path);
  const UnitRecord& is = unit->numbers();
  if (is.image_ids != planned.image_ids || is.positions != planned.positions)
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
  CodingCost coding;               ///< of one image
  double peak_bytes_an_image = 0;  ///< of the unit that took most for each of its images
  std::vector<std::string> split;  ///< units that were sampled in several batches: "images 0 to 7: 4+4"

  void add(const UnitRecord& unit) {
    seconds += unit.seconds;
    evaluations = unit.network_evaluations;
    if (unit.batches.size() > 1)
      split.push_back(fmt::format("images {} to {}: {}", unit.positions.front(), unit.positions.back(),
                                  fmt::join(unit.batches, "+")));
    passes_back = unit.passes_back;
    coding = unit.coding;
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
  if (cost.coding.any()) set_coding(group, cost.coding);
  if (!cost.split.empty()) group.set_attribute("split_batches", cost.split);
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
  CellRows rows(group, images, cell.links_samples, storage, shared);
  Trajectories trajectories;
  std::vector<std::string> image_ids;
  std::vector<std::int64_t> positions;
  CellCost cost;
  for (const PlannedUnit& planned : cell.units) {
    const StoredUnit stored = open_unit(store, planned);
    const UnitRecord& unit = stored.numbers();
    rows.append(stored, store.inputs(), store.unit_path(planned.id).lexically_relative(store.folder()).string());
    trajectories.append(stored);
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
