#pragma once
#include "runner/ranks/communicator.h"
#include "runner/station/station.h"

namespace dpsbench {

/// Runs an experiment into an output folder, or resumes it there: units that are done are left alone. Collective.
/// Returns the exit code (exit_code.h), the same on every rank; rank 0 has told the user why.
int run_experiment(const RunOptions& options, Communicator& communicator);

}  // namespace dpsbench
