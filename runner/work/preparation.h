#pragma once
#include <optional>

#include "results/store/output_lock.h"
#include "results/store/unit_store.h"
#include "runner/ranks/expected_costs.h"
#include "runner/station/station.h"
#include "runner/work/briefing.h"

namespace dpsbench {

/// What rank 0 alone holds of a run.
struct RunHold {
  std::optional<OutputLock> lock;
  std::optional<ExpectedCosts> costs;  ///< of all units of the plan
  WeightFiles weights;
};

/// Ranks of a job, and how many of them share rank 0's node.
struct RankCounts {
  int all = 1;
  int on_node = 1;
};

/// Checks everything, opens the output folder and finds what is left to do. On rank 0. Throws UserError or DataError.
Station prepare_run(const RunOptions& options, const RankCounts& ranks, const UnitStore& store, RunHold& hold,
                    Briefing& briefing);

/// The plan's costs, by cell, before anything was timed.
ExpectedCosts planned_costs(const Plan& plan);

}  // namespace dpsbench
