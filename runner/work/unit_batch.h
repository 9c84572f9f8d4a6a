#pragma once
#include <functional>
#include <vector>

#include "metrics/metric_set.h"
#include "results/store/unit_record.h"
#include "runner/experiment/plan.h"
#include "runner/station/images_ahead.h"

namespace dpsbench {

/// What a rank keeps at hand for all its units.
struct Workbench {
  const Experiment& experiment;
  const Plan& plan;
  const Dataset& dataset;
  const Prior& prior;
  const Prior& law;  ///< whose posterior metrics judge by: the prior, or the experiment's `truth`
  const MetricSet& metrics;
  const ImagesAhead* ahead = nullptr;  ///< of the data set; null: each image is read when it is wanted
};

/// What became of some images of a unit: those that were done, in order, and those that failed.
struct UnitResult {
  UnitRecord record;
  std::vector<ImageFailure> failures;
  std::size_t program_errors =
      0;  ///< of the failures, those that are of no image: not of its numbers, its file, memory
};

/// Loads the images at these positions (ascending, of one unit), measures them, samples and computes the metrics, all
/// as one batch. Masks and measurements draw from sample 0 of an image's random stream, chain s = 0, 1, ... from sample
/// s + 1: all methods see the same measurement, and no two chains share a number. An image that cannot be read, or
/// whose numbers are no longer finite, fails alone and keeps its place in the batch to the end, so that the others'
/// bits are those of a batch without trouble. `on_progress(fraction)` is called after every step. Throws Interrupted
/// after a stop request, and whatever else a sampler throws, for all of its images. `begun`, where it is not null:
/// samples and metrics of just these images that are there already (runner/work/begun_unit.h); only what lacks is done,
/// and the whole has the bits of a batch done at once.
UnitResult execute_batch(const Workbench& bench, const Unit& unit, const std::vector<std::int64_t>& positions,
                         const std::function<void(double)>& on_progress, const UnitRecord* begun = nullptr);

/// Loads and measures the images at these positions as execute_batch() does, for units that lost what they have in
/// common with others: a record with reference, measurement and its picture, without the images that cannot be read.
UnitRecord measure_again(const Workbench& bench, const Unit& unit, const std::vector<std::int64_t>& positions);

}  // namespace dpsbench
