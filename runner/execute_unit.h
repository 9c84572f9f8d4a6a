#pragma once
#include <functional>

#include "datasets/dataset.h"
#include "metrics/metric_set.h"
#include "results/unit_record.h"
#include "runner/plan.h"

namespace dpsbench {

/// What a rank keeps at hand for all its units.
struct Workbench {
  const Experiment& experiment;
  const Plan& plan;
  const Dataset& dataset;
  const Prior& prior;
  const MetricSet& metrics;
};

/// Does one unit: loads its images, measures them, samples, computes the metrics. Masks and measurements draw from
/// sample 0 of an image's random stream, chain s = 0, 1, ... from sample s + 1: all methods see the same measurement,
/// and no two chains share a number. `on_progress(fraction)` is called after every step. A unit whose
/// batch does not fit into the device's memory is done in two halves, once: images do not know of each other. Throws
/// Interrupted after a stop request, and whatever the sampler or a damaged file throws.
UnitRecord execute_unit(const Workbench& bench, const Unit& unit, const std::function<void(double)>& on_progress);

/// The note of a unit that could not be done.
UnitFailure describe_failure(const Workbench& bench, const Unit& unit, const std::string& reason);

}  // namespace dpsbench
