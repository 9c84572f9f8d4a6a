#pragma once
#include "results/store/unit_store.h"
#include "runner/experiment/plan.h"
#include "runner/ranks/dispatcher.h"
#include "runner/station/station.h"
#include "runner/work/metric_means.h"

namespace dpsbench {

/// Says how a run ended, with the means of what it did, and if it came to an end puts the results together. Returns the
/// exit code (exit_code.h): 1 where work that was done is gone, 75 where a signal came while another part's turn was
/// waited for, else that of the work. On rank 0.
int conclude_run(const DispatchResult& result, const MetricMeans& means, const UnitStore& store, const Plan& plan,
                 const RunOptions& options);

}  // namespace dpsbench
