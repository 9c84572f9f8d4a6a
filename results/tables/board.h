#pragma once
#include <vector>

#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// All settings at a glance, a section a metric: of every method the mean rank in each setting and the share of rivals
/// that it beats, over images and settings, with its bootstrap interval over groups of images. A row that stands for
/// published and tuned constants alike counts for both. Rows of which no verdict is given are left out. Without a
/// section for fewer than two settings or three methods.
Table board_table(const std::vector<CellResult>& cells);

}  // namespace dpsbench
