#pragma once
#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// Every method against the best of its setting, image by image: the mean difference (method - best) with its 95 %
/// interval and the p value of multiple comparisons with the best (metrics/statistics/against_best.h). Settings in
/// which nothing can be compared are left out.
Table paired_table(const std::vector<CellResult>& cells);

}  // namespace dpsbench
