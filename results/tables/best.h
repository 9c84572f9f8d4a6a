#pragma once
#include <string>
#include <vector>

#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// Of every method with a scanned option: the best of its values by each metric, a section a setting. With the 95 %
/// confidence interval, and the values that cannot be told from the best on the same images. No sections: no scan.
Table best_table(const std::string& title, const std::vector<CellResult>& cells);

}  // namespace dpsbench
