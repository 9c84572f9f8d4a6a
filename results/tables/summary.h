#pragma once
#include <string>
#include <vector>

#include "results/formats/table.h"
#include "results/store/reader.h"

namespace dpsbench {

/// The general table of an experiment: a section a setting (task, parameters, sigma_y), a row a method and number of
/// steps; every metric with its 95 % confidence interval, the cost of an image and the number of images. Where images
/// failed, how many and the mean rank that counts them last.
Table summary_table(const std::string& title, const std::vector<CellResult>& cells);

}  // namespace dpsbench
