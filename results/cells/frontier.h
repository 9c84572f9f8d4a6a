#pragma once
#include <vector>

#include "metrics/registry.h"
#include "results/store/reader.h"

namespace dpsbench {

/// What an image of a cell cost: evaluations of the prior, passes back counted as so many evaluations each as they were
/// measured to take. NaN where the results do not tell the passes back (of older versions).
double evaluations_spent(const CellResult& cell);

/// The cells of one setting that no other beats: none has as good a mean of the metric for less, or a better one for as
/// much. Cheapest first; cells without a finite mean or cost are not among them.
std::vector<const CellResult*> frontier(const MetricEntry& metric, const std::vector<const CellResult*>& cells);

}  // namespace dpsbench
