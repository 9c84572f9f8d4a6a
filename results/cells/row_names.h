#pragma once
#include <string>
#include <vector>

#include "results/cells/cell_label.h"

namespace dpsbench {

/// What a cell of a setting is called over all settings, in tables with a row a method: one name, with its steps where
/// a method has several, or two where its row stands for published and tuned constants. Where several rows of the
/// method are published, or tuned, each has its full label. `cells`: the setting's.
std::vector<std::string> row_names(const CellResult& cell, const std::vector<const CellResult*>& cells,
                                   const CellLabels& labels);

}  // namespace dpsbench
