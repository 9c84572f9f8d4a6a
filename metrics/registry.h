#pragma once
#include <string>
#include <vector>

#include "metrics/parts/metric_entry.h"

namespace dpsbench {

/// Every metric there is, in the order of the lists.
const std::vector<MetricEntry>& metrics();

/// The metric of that name. Throws UserError listing the names there are.
const MetricEntry& find_metric(const std::string& name);

}  // namespace dpsbench
