#pragma once
#include <string>
#include <vector>

#include "results/store/reader.h"

namespace dpsbench {

/// What the tests on the first metric that has a best say of all settings, in a sentence or two: which method is better
/// than every other on the same images, in how many settings, and by how much the next one's mean is behind; in how
/// many nothing is told apart. It claims no more than compare_cells does: 5 % over all methods of a setting, of each
/// setting for itself. Rows without a verdict do not enter. Empty where nothing was compared.
std::string finding(const std::vector<CellResult>& cells);

}  // namespace dpsbench
