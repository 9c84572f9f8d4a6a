#pragma once
#include <optional>

#include "results/store/manifest.h"
#include "results/store/output_lock.h"
#include "results/store/unit_store.h"
#include "runner/ranks/expected_costs.h"
#include "runner/station/station.h"
#include "runner/work/briefing.h"

namespace dpsbench {

/// What rank 0 alone holds of a run.
struct RunHold {
  std::optional<OutputLock> lock;
  std::optional<OutputTurn> turn;  ///< to open the output; until it is known what is to do
  std::optional<Plan> plan;
  Manifest manifest;
  std::optional<ExpectedCosts> costs;  ///< of all units of the plan
  WeightFiles weights;
};

/// Ranks of a job, and how many of them share rank 0's GPU, or where it has none its node.
struct RankCounts {
  int all = 1;
  int on_device = 1;
};

/// Checks everything and opens the output folder; `briefing` gets all but what is to do. On rank 0. Throws UserError or
/// DataError.
Station prepare_run(const RunOptions& options, const RankCounts& ranks, const UnitStore& store, RunHold& hold,
                    Briefing& briefing);

/// What of an opened output is left to do, given what is there of briefing.units (read_summaries): goes to
/// `briefing.todo`, and how long the others took to hold.costs. Gives the turn back. On rank 0. Throws likewise.
void find_work(const RunOptions& options, const UnitStore& store,
               const std::vector<std::optional<UnitSummary>>& summaries, RunHold& hold, Briefing& briefing);

/// The plan's costs, by cell, before anything was timed.
ExpectedCosts planned_costs(const Plan& plan);

}  // namespace dpsbench
