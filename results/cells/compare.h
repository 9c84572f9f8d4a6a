#pragma once
#include "results/store/reader.h"

namespace dpsbench {

/// Several runs beside each other, to compare image by image. Cells of one setting stay together where their runs have
/// the same images and measurements of all image ids they share, and share some. Where they do not, their cells get the
/// attribute `measurements`, the name of the first run of those that agree: such settings stand apart, and nothing is
/// paired across them. `names`: of the runs, distinct.
ResultsFile compare(std::vector<ResultsFile> files, const std::vector<std::string>& names);

}  // namespace dpsbench
