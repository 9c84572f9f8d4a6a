#pragma once
#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// The truth track over several priors, each a data set of its own: a row a method, whatever its options, a column a
/// data set with the share of the other methods that are nearer to the exact posterior (Sliced W2) on the same image,
/// in per cent, averaged over the settings that the method serves: 0 is the first, 100 the last. 95 % intervals over
/// images. No section where fewer than two data sets have exact draws to be held against.
Table truth_summary(const std::vector<CellResult>& cells);

}  // namespace dpsbench
