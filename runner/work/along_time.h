#pragma once
#include <functional>
#include <vector>

#include "results/figures/score_curves.h"
#include "runner/station/station.h"

namespace dpsbench {

/// What `dpsbench along-time` was asked beside the experiment.
struct AlongTimeOptions {
  std::int64_t levels = 20;  ///< noise levels, evenly spread over the time of training
  std::int64_t probes = 8;   ///< directions in which scores are differentiated for the spread; 0: no spread
};

/// Every cell of the experiment whose method follows a score, on all images of the data set. x_0 is an exact posterior
/// draw and x_t that draw noised, the same for all methods. Works in double whatever the experiment's precision. Throws
/// UserError for a prior that does not know its posterior and an experiment without such methods.
/// `on_cell(done, total)` hears of each cell.
std::vector<ScoreCurves> scores_along_time(const Station& station, const AlongTimeOptions& options,
                                           const std::function<void(std::size_t, std::size_t)>& on_cell);

}  // namespace dpsbench
