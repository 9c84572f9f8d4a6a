#pragma once
#include "results/store/reader.h"

namespace dpsbench {

/// Puts the best of each image's samples in the place of all of them, every metric its own best one, as some papers
/// report (DAPS): a choice that only an oracle can make, who knows the original. Labels name such cells "dps (oracle:
/// best of 40 samples)". Cells of one sample an image stay as they are.
void keep_best_samples(std::vector<CellResult>& cells);

}  // namespace dpsbench
