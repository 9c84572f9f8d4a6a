#pragma once
#include <string>
#include <vector>

#include "results/store/reader.h"

namespace dpsbench {

/// Every number of the cells, tidy: RFC 4180, a line a value, with columns run (where several are compared), cell,
/// dataset, task, task.<option> of each option of any task, sigma_y, seed, method, method.<option> of each (steps among
/// them), preset, method_label, image, group (an image that stands alone is its own), sample, metric, value. Columns of
/// numbers hold nothing else; what a cell does not have, and values that are not numbers, are empty.
std::string tidy_csv(const std::vector<CellResult>& cells);

}  // namespace dpsbench
