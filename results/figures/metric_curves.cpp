#include "results/figures/metric_curves.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "results/cells/comparison.h"

namespace dpsbench {
namespace {

void add_point(Series& series, double x, const MeanInterval& interval) {
  const double half_width = std::isnan(interval.half_width) ? 0 : interval.half_width;
  const auto at = std::ranges::upper_bound(series.x, x) - series.x.begin();
  series.x.insert(series.x.begin() + at, x);
  series.y.insert(series.y.begin() + at, interval.mean);
  series.lower.insert(series.lower.begin() + at, interval.mean - half_width);
  series.upper.insert(series.upper.begin() + at, interval.mean + half_width);
}

}  // namespace

std::vector<Series> metric_curves(const MetricEntry& metric, const std::vector<const CellResult*>& cells,
                                  const std::function<std::string(const CellResult&)>& name,
                                  const std::function<double(const CellResult&)>& x, bool single_points) {
  std::vector<Series> curves;
  std::map<std::string, std::size_t> index;
  for (const CellResult* cell : cells) {
    const MeanInterval interval = cell_interval(*cell, metric.name);
    if (!std::isfinite(interval.mean)) continue;
    const auto [found, first] = index.try_emplace(name(*cell), curves.size());
    if (first) curves.push_back({.title = name(*cell), .x = {}, .y = {}, .lower = {}, .upper = {}});
    add_point(curves[found->second], x(*cell), interval);
  }
  if (!single_points) std::erase_if(curves, [](const Series& series) { return series.x.size() < 2; });
  return curves;
}

std::optional<Mark> best_point(const MetricEntry& metric, const std::vector<Series>& series) {
  std::optional<Mark> best;
  for (const Series& curve : series)
    for (std::size_t i = 0; i < curve.x.size(); ++i) {
      if (best && metric.loss(curve.y[i]) >= metric.loss(best->y)) continue;
      const double half_width = (curve.upper[i] - curve.lower[i]) / 2;
      best = Mark{
          curve.x[i], curve.y[i],
          fmt::format("{:g}: {:.{}f} ± {:.{}f}", curve.x[i], curve.y[i], metric.decimals, half_width, metric.decimals)};
    }
  return best;
}

bool has_curve(const std::vector<Series>& series) {
  return std::ranges::any_of(series,
                             [](const Series& curve) { return !curve.x.empty() && curve.x.front() != curve.x.back(); });
}

}  // namespace dpsbench
