#pragma once
#include <functional>
#include <string>
#include <vector>

#include "runner/experiment/plan.h"
#include "runner/ranks/communicator.h"

namespace dpsbench {

/// What rank 0 finds out before the work starts, for all ranks.
struct Briefing {
  int code = 0;       ///< an exit code (exit_code.h); not 0: nothing will be done
  std::string error;  ///< why
  InputDigests digests;
  std::int64_t batch = 0;  ///< images a unit
  std::vector<std::string>
      units;  ///< the ids of those of this job's units that may be done already, in the plan's order
  std::vector<std::size_t> todo;   ///< indices of the plan's units that are not done yet
  std::vector<std::string> begun;  ///< of each of them the id of one that lacks only metrics or samples; empty: none
};

/// Runs `prepare` on rank 0 and sends what it filled in to all ranks. What it throws becomes code and error, so that
/// all ranks end together. Collective.
Briefing brief(Communicator& communicator, const std::function<void(Briefing&)>& prepare);

}  // namespace dpsbench
