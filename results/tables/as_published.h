#pragma once
#include <string>
#include <vector>

#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// What the authors' code changes: for every two cells that differ in `as_published` alone, the mean difference
/// corrected - as published of each metric, image by image, with its 95 % confidence interval; a section a setting. No
/// sections: no such cells.
Table published_table(const std::string& title, const std::vector<CellResult>& cells);

}  // namespace dpsbench
