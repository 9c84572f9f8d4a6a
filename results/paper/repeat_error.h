#pragma once
#include <string>
#include <vector>

#include "results/store/reader.h"

namespace dpsbench {

/// Images that each mean of the paper is over.
inline constexpr std::int64_t paper_images = 200;

/// Half-width of the 95 % interval of the difference between this cell's mean and that of another run of the same
/// method on the same images with one sample an image: sqrt(1 + 1/m) times the repeat error of one sample an image, m
/// the samples that the cell's values are means of. The repeat error is the spread within images, paired: of the cells
/// among `cells` that differ from this one in the seed alone (measurement noise and sampler) or, where there are none,
/// of the cell's own samples (the sampler alone, so that "outside" is said too soon rather than too late). NaN where
/// there is neither, and unless the cell has `paper_images` images.
double repeat_half_width(const CellResult& cell, const std::string& metric, const std::vector<CellResult>& cells);

}  // namespace dpsbench
