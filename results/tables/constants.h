#pragma once
#include <vector>

#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// The constants of every row that has them from a preset, and where that has them from: a paper, its authors' code, a
/// tuning. Without a section where no cell has a preset.
Table constants_table(const std::vector<CellResult>& cells);

}  // namespace dpsbench
