#pragma once
#include "results/store/unit_store.h"
#include "runner/experiment/plan.h"
#include "runner/ranks/dispatcher.h"
#include "runner/station/station.h"
#include "runner/work/metric_means.h"

namespace dpsbench {

/// Says how a run ended, with the means of what it did, and if it came to an end puts the results together. On rank 0.
void conclude_run(const DispatchResult& result, const MetricMeans& means, const UnitStore& store, const Plan& plan,
                  const RunOptions& options);

/// The exit code (exit_code.h) that stands for the end of a run.
int exit_code_after(const DispatchResult& result);

}  // namespace dpsbench
