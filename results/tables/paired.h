#pragma once
#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// Every method against the best of its setting, image by image: the mean difference (method - best) with its 95 %
/// interval and the paired t-test's p value, Holm-adjusted over the methods of the setting. Settings in which nothing
/// can be compared are left out.
Table paired_table(const std::vector<CellResult>& cells);

}  // namespace dpsbench
