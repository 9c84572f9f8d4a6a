#pragma once
#include <string>
#include <vector>

#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// The method of independent exact draws, and the metric that places methods.
inline constexpr const char* exact_draws_method = "posterior-draw";
inline constexpr const char* placing_metric = "sliced_wasserstein";

/// How near each method comes to the exact posterior, over all settings of an experiment: by every metric of whole
/// posteriors its mean excess over the floor, which is what independent exact draws (the method posterior-draw) reach,
/// with the 95 % confidence interval over images; sorted by mean rank. No sections: no floor, or no such metric.
Table truth_table(const std::string& title, const std::vector<CellResult>& cells);

}  // namespace dpsbench
