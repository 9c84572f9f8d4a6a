#include "runner/afterwards/mean_of_samples.h"

#include <fmt/format.h>

#include <map>

#include "metrics/registry.h"
#include "runner/afterwards/reevaluate.h"
#include "runner/station/lpips_weights.h"

namespace dpsbench {
namespace {

/// The cell's metrics that judge one picture and can be computed here.
std::vector<std::string> picture_metrics(const CellResult& cell, bool with_weights) {
  std::vector<std::string> names;
  for (const auto& [name, values] : cell.metrics)
    if (const MetricEntry& metric = find_metric(name); !metric.is_of_all_samples() && (with_weights || !metric.weights))
      names.push_back(name);
  return names;
}

/// How many samples an image has in the results: 1 where there are none.
std::int64_t stored_samples(const ResultsFile& results, const CellResult& cell) {
  if (cell.image_ids.empty() || !results.has(cell, "samples")) return 1;
  const std::vector<std::int64_t> shape = results.shape(cell, "samples");
  return shape.size() == 5 ? shape[1] : 1;
}

}  // namespace

std::vector<CellResult> with_means_of_samples(const ResultsFile& results, std::vector<CellResult> cells,
                                              const std::filesystem::path& lpips_weights, const at::Device& device) {
  WeightMap weights;
  if (!lpips_weights.empty()) weights = lpips_weight_map(SafetensorsFile(lpips_weights.string()));
  std::map<std::vector<std::string>, MetricSet> sets;
  std::vector<CellResult> means;
  for (const CellResult& cell : cells) {
    const std::int64_t samples = stored_samples(results, cell);
    const std::vector<std::string> names = picture_metrics(cell, !weights.empty());
    if (samples < 2 || names.empty()) continue;
    const auto [set, first] = sets.try_emplace(names, names, weights.empty() ? nullptr : &weights, device);
    CellResult& mean = means.emplace_back(cell);
    mean.attributes["samples_shown"] = fmt::format("mean of {} samples", samples);
    mean.metrics = metrics_of_cell(results, cell, set->second, Judged::mean_of_samples);
  }
  cells.insert(cells.end(), means.begin(), means.end());
  return cells;
}

}  // namespace dpsbench
