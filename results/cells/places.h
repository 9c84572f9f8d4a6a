#pragma once
#include <map>
#include <string>
#include <vector>

#include "metrics/registry.h"
#include "results/store/reader.h"

namespace dpsbench {

/// Places of a setting's cells on one image, from 1 on, by cell; NaN where a cell did not have the image.
using Places = std::vector<double>;

/// On each image each cell's place by a metric, equals sharing theirs; a cell that failed on the image is last.
std::map<std::string, Places> places_on_images(const MetricEntry& metric, const std::vector<const CellResult*>& cells);

}  // namespace dpsbench
