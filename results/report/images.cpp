#include "results/report/images.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <optional>

#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"

namespace dpsbench {
namespace {

using nlohmann::json;

constexpr std::int64_t picture_side = 256;
constexpr std::int64_t frame_side = 128;
constexpr std::int64_t most_frames = 12;

std::optional<std::int64_t> row_of(const std::vector<std::string>& image_ids, const std::string& image) {
  const auto found = std::ranges::find(image_ids, image);
  if (found == image_ids.end()) return std::nullopt;
  return found - image_ids.begin();
}

/// One row of a cell's data set as a picture; null if the cell has no such data set.
json picture_of(const ResultsFile& results, const CellResult& cell, const char* name, std::int64_t row,
                PictureStore& pictures) {
  if (!results.has(cell, name)) return nullptr;
  Tensor picture = results.read_rows(cell, name, row, 1)[0];
  if (picture.dim() == 4) picture = picture[0];  // the first of several samples
  return pictures.add(picture, picture_side);
}

json metrics_of_image(const CellResult& cell, std::int64_t row, const std::vector<const MetricEntry*>& metrics) {
  json values = json::object();
  for (const MetricEntry* metric : metrics) {
    const std::vector<double> all = cell.image_values(metric->name);
    if (!all.empty()) values[metric->name] = all[static_cast<std::size_t>(row)];
  }
  return values;
}

/// The first images that every cell has, in the order of the experiment.
std::vector<std::string> common_images(const std::vector<const CellResult*>& cells, std::int64_t count) {
  std::vector<std::string> found;
  for (const std::string& image : cells.front()->image_ids) {
    if (static_cast<std::int64_t>(found.size()) == count) break;
    if (std::ranges::all_of(cells, [&](const CellResult* cell) { return row_of(cell->image_ids, image).has_value(); }))
      found.push_back(image);
  }
  return found;
}

json image_json(const ResultsFile& results, const Setting& setting, const std::string& image,
                const std::vector<const MetricEntry*>& metrics, PictureStore& pictures) {
  const CellResult& first = *setting.cells.front();
  const std::int64_t first_row = row_of(first.image_ids, image).value();
  json entry = {{"id", image},
                {"reference", picture_of(results, first, "reference", first_row, pictures)},
                {"measurement", picture_of(results, first, "measurement_picture", first_row, pictures)},
                {"samples", json::array()}};
  for (const CellResult* cell : setting.cells) {
    const std::int64_t row = row_of(cell->image_ids, image).value();
    entry["samples"].push_back({{"picture", picture_of(results, *cell, "samples", row, pictures)},
                                {"metrics", metrics_of_image(*cell, row, metrics)}});
  }
  return entry;
}

/// A cell's best and worst image by a metric; values that are not finite count as worst.
json extremes_json(const ResultsFile& results, const CellResult& cell, const std::vector<const MetricEntry*>& metrics,
                   PictureStore& pictures) {
  json images = json::array();
  std::vector<double> losses = cell.image_values(metrics.front()->name);
  for (double& value : losses) {
    value = metrics.front()->loss(value);
    if (!std::isfinite(value)) value = INFINITY;
  }
  if (losses.size() < 2) return images;
  const auto [best, worst] = std::ranges::minmax_element(losses);
  for (const auto& [which, at] : {std::pair("best", best), std::pair("worst", worst)}) {
    const std::int64_t row = at - losses.begin();
    images.push_back({{"which", which},
                      {"id", cell.image_ids[static_cast<std::size_t>(row)]},
                      {"reference", picture_of(results, cell, "reference", row, pictures)},
                      {"measurement", picture_of(results, cell, "measurement_picture", row, pictures)},
                      {"sample", picture_of(results, cell, "samples", row, pictures)},
                      {"metrics", metrics_of_image(cell, row, metrics)}});
  }
  return images;
}

/// At most `most_frames` of a trajectory [frames, C, H, W], evenly spread, the last among them.
json frames_json(const Tensor& trajectory, PictureStore& pictures) {
  json frames = json::array();
  const std::int64_t count = trajectory.size(0);
  const std::int64_t shown = std::min(count, most_frames);
  for (std::int64_t k = 1; k <= shown; ++k)
    frames.push_back(pictures.add(trajectory[k * count / shown - 1], frame_side));
  return frames;
}

}  // namespace

json report_settings(const ResultsFile& results, std::int64_t images, PictureStore& pictures) {
  const CellLabels labels(results.cells());
  const std::vector<const MetricEntry*> metrics = metrics_of(results.cells());
  json settings = json::array();
  for (const Setting& setting : settings_of(results.cells())) {
    json entry = {
        {"title", setting.title}, {"methods", json::array()}, {"images", json::array()}, {"extremes", json::array()}};
    for (const CellResult* cell : setting.cells) {
      entry["methods"].push_back(labels.method_and_steps(*cell));
      if (!metrics.empty())
        entry["extremes"].push_back(
            {{"method", labels.method_and_steps(*cell)}, {"images", extremes_json(results, *cell, metrics, pictures)}});
    }
    for (const std::string& image : common_images(setting.cells, images))
      entry["images"].push_back(image_json(results, setting, image, metrics, pictures));
    if (!entry["images"].empty()) settings.push_back(std::move(entry));
  }
  return settings;
}

json report_films(const ResultsFile& results, PictureStore& pictures) {
  const CellLabels labels(results.cells());
  json films = json::array();
  for (const Setting& setting : settings_of(results.cells())) {
    json strips = json::array();
    std::string image;
    for (const CellResult* cell : setting.cells) {
      if (cell->trajectory_image_ids.empty()) continue;
      if (image.empty()) image = cell->trajectory_image_ids.front();
      const auto row = row_of(cell->trajectory_image_ids, image);
      if (!row) continue;
      strips.push_back({{"method", labels.method_and_steps(*cell)},
                        {"frames", frames_json(results.read_rows(*cell, "trajectory", *row, 1)[0], pictures)}});
    }
    if (!strips.empty()) films.push_back({{"title", setting.title}, {"image", image}, {"strips", std::move(strips)}});
  }
  return films;
}

}  // namespace dpsbench
