#pragma once
#include <vector>

#include "metrics/registry.h"

namespace dpsbench {

/// The metrics that judge all S samples of an image together, by its exact posterior.
std::vector<MetricEntry> posterior_metrics();

}  // namespace dpsbench
