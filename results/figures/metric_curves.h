#pragma once
#include <functional>
#include <string>
#include <vector>

#include "metrics/registry.h"
#include "results/figures/figure.h"
#include "results/store/reader.h"

namespace dpsbench {

/// Curves of a metric over a number that cells have: one series a name, points sorted by x, error bars the 95 %
/// confidence interval of the mean. Series of one point are left out unless `single_points`.
std::vector<Series> metric_curves(const MetricEntry& metric, const std::vector<const CellResult*>& cells,
                                  const std::function<std::string(const CellResult&)>& name,
                                  const std::function<double(const CellResult&)>& x, bool single_points);

/// The point of best mean of all series, in the sense of the metric; none if there is no point.
std::optional<Mark> best_point(const MetricEntry& metric, const std::vector<Series>& series);

/// Whether some series has two points of different x.
bool has_curve(const std::vector<Series>& series);

}  // namespace dpsbench
