#pragma once
#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// Every metric of every image (of several samples the mean), a row an image and a cell: for a CSV file that other
/// programs read.
Table image_table(const std::vector<CellResult>& cells);

}  // namespace dpsbench
