#pragma once
#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// Every mean of a metric over images with two 95 % intervals beside each other: Student's t, which takes the mean for
/// normal, and the bias-corrected and accelerated bootstrap (BCa, 1999 resamples of the images, counter-based), which
/// may lie unevenly about the mean. A row a method and metric.
Table interval_table(const std::vector<CellResult>& cells);

}  // namespace dpsbench
