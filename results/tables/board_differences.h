#pragma once
#include <vector>

#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// The board's rows by size and not by order, a section a metric: of every method the mean difference from the best of
/// each setting on the images that both have, 0 of the best itself. Rows of which no verdict is given are left out.
/// Without a section for fewer than two settings or three methods.
Table board_differences(const std::vector<CellResult>& cells);

}  // namespace dpsbench
