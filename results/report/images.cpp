#include "results/report/images.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"

namespace dpsbench {
namespace {

using nlohmann::json;

constexpr std::int64_t picture_side = 256;
constexpr std::int64_t smaller_side = 128;  ///< of a report with very many
constexpr std::size_t many_pictures = 400;  ///< of one image in all settings and by all methods
constexpr std::int64_t frame_side = 128;
constexpr std::int64_t most_frames = 12;

std::optional<std::int64_t> row_of(const std::vector<std::string>& image_ids, const std::string& image) {
  const auto found = std::ranges::find(image_ids, image);
  if (found == image_ids.end()) return std::nullopt;
  return found - image_ids.begin();
}

/// Reads rows of cells as the page's pictures, at one size for all.
class RowPictures {
 public:
  RowPictures(const ReportParts& parts, PictureStore& pictures, std::int64_t side)
      : parts_(parts), pictures_(pictures), side_(side) {}

  /// One row of a cell's data set as a picture, of several samples the first; null if the cell has no such data set.
  json picture(const CellResult& cell, const char* name, std::int64_t row) {
    if (!parts_.results.has(cell, name)) return nullptr;
    const Tensor picture = parts_.results.read_rows(cell, name, row, 1)[0];
    return pictures_.add(picture.dim() == 4 ? picture[0] : picture, side_);
  }

  /// A method's sample of an image, and where there are several the deviation of each pixel, its channels' mean.
  json sample(const CellResult& cell, std::int64_t row) {
    if (!parts_.results.has(cell, "samples")) return {{"picture", nullptr}, {"spread", nullptr}};
    const Tensor samples = parts_.results.read_rows(cell, "samples", row, 1)[0];
    if (samples.dim() != 4) return {{"picture", pictures_.add(samples, side_)}, {"spread", nullptr}};
    json found = {{"picture", pictures_.add(samples[0], side_)}, {"spread", nullptr}};
    if (samples.size(0) > 1 && samples.size(2) > 1)
      found["spread"] = pictures_.add(samples.std(0).mean(0, true) * (2 / spread_scale) - 1, side_);
    return found;
  }

  json measurement_psnr(const CellResult& cell, std::int64_t row) const {
    if (!parts_.measurement_psnr) return nullptr;
    const auto found = parts_.measurement_psnr(cell, row);
    return found && std::isfinite(*found) ? json(*found) : json(nullptr);
  }

  /// Whether more pictures may come, of how many images there are by now.
  [[nodiscard]] bool has_room(std::size_t images) const {
    if (parts_.images < 0) return true;
    if (parts_.images > 0) return images < static_cast<std::size_t>(parts_.images);
    return images == 0 || pictures_.bytes() < parts_.picture_bytes;
  }

 private:
  const ReportParts& parts_;
  PictureStore& pictures_;
  std::int64_t side_;
};

json metrics_of_image(const CellResult& cell, std::int64_t row, const std::vector<const MetricEntry*>& metrics) {
  json values = json::object();
  for (const MetricEntry* metric : metrics) {
    const std::vector<double> all = cell.image_values(metric->name);
    if (!all.empty()) values[metric->name] = all[static_cast<std::size_t>(row)];
  }
  return values;
}

/// The images that every cell has, in the order of the experiment.
std::vector<std::string> common_images(const std::vector<const CellResult*>& cells) {
  std::map<std::string, std::size_t> count;
  for (const CellResult* cell : cells)
    for (const std::string& image : cell->image_ids) ++count[image];
  std::vector<std::string> found;
  for (const std::string& image : cells.front()->image_ids)
    if (count.at(image) == cells.size()) found.push_back(image);
  return found;
}

json image_json(const Setting& setting, const std::string& image, const std::vector<const MetricEntry*>& metrics,
                RowPictures& rows) {
  const CellResult& first = *setting.cells.front();
  const std::int64_t first_row = row_of(first.image_ids, image).value();
  json entry = {{"id", image},
                {"reference", rows.picture(first, "reference", first_row)},
                {"measurement", rows.picture(first, "measurement_picture", first_row)},
                {"measurement_psnr", rows.measurement_psnr(first, first_row)},
                {"samples", json::array()}};
  for (const CellResult* cell : setting.cells) {
    const std::int64_t row = row_of(cell->image_ids, image).value();
    json sample = rows.sample(*cell, row);
    sample["metrics"] = metrics_of_image(*cell, row, metrics);
    entry["samples"].push_back(std::move(sample));
  }
  return entry;
}

/// A cell's best and worst image by a metric, with pictures or without; values that are not finite count as worst.
json extremes_json(const CellResult& cell, const std::vector<const MetricEntry*>& metrics, bool drawn,
                   RowPictures& rows) {
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
    const auto picture = [&](const char* name) { return drawn ? rows.picture(cell, name, row) : json(nullptr); };
    images.push_back({{"which", which},
                      {"id", cell.image_ids[static_cast<std::size_t>(row)]},
                      {"reference", picture("reference")},
                      {"measurement", picture("measurement_picture")},
                      {"sample", picture("samples")},
                      {"metrics", metrics_of_image(cell, row, metrics)}});
  }
  return images;
}

/// Whether a setting's pictures are such that their differences are pictures too: no graphs of signals.
bool has_maps(const ResultsFile& results, const Setting& setting) {
  const CellResult& first = *setting.cells.front();
  if (!results.has(first, "reference")) return false;
  const std::vector<std::int64_t> shape = results.shape(first, "reference");
  return shape.size() == 4 && shape[2] > 1 && (shape[1] == 1 || shape[1] == 3);
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

json report_settings(const ReportParts& parts, PictureStore& pictures) {
  const std::vector<CellResult>& cells = parts.results.cells();
  const CellLabels labels(cells);
  const std::vector<const MetricEntry*> metrics = metrics_of(cells);
  const std::vector<Setting> settings = settings_of(cells);
  std::vector<std::vector<std::string>> images;
  std::size_t most = 0;
  json list = json::array();
  for (const Setting& setting : settings) {
    json methods = json::array();
    for (const CellResult* cell : setting.cells) methods.push_back(labels.method_and_steps(*cell));
    images.push_back(common_images(setting.cells));
    most = std::max(most, images.back().size());
    list.push_back({{"title", setting.title},
                    {"methods", std::move(methods)},
                    {"maps", has_maps(parts.results, setting)},
                    {"all_images", images.back().size()},
                    {"images", json::array()},
                    {"extremes", json::array()}});
  }
  RowPictures rows(parts, pictures, cells.size() + 2 * settings.size() > many_pictures ? smaller_side : picture_side);
  for (std::size_t k = 0; k < most && rows.has_room(k); ++k)  // image by image, so that every setting gets as many
    for (std::size_t at = 0; at < settings.size(); ++at)
      if (k < images[at].size()) list[at]["images"].push_back(image_json(settings[at], images[at][k], metrics, rows));
  for (std::size_t at = 0; at < settings.size() && !metrics.empty(); ++at)
    for (const CellResult* cell : settings[at].cells) {
      const bool drawn = parts.images != 0 || pictures.bytes() < parts.picture_bytes;
      list[at]["extremes"].push_back(
          {{"method", labels.method_and_steps(*cell)}, {"images", extremes_json(*cell, metrics, drawn, rows)}});
    }
  return list;
}

std::string images_left_out(const ReportParts& parts, const json& settings) {
  std::size_t shown = 0;
  std::size_t all = 0;
  for (const json& setting : settings) {
    shown = std::max(shown, setting["images"].size());
    all = std::max(all, setting["all_images"].get<std::size_t>());
  }
  if (shown == all) return "";
  return fmt::format("Of each setting the first {} of {} images; {}", shown, all,
                     parts.images > 0 ? "the numbers of all are in tables/images.csv."
                                      : "'dpsbench report --images all' shows them all in a larger file.");
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
