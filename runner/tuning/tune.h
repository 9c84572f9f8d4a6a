#pragma once
#include "runner/ranks/communicator.h"
#include "runner/station/station.h"

namespace dpsbench {

/// Chooses the options of an experiment's methods on the images of its block `tune`, and writes OUTPUT/tuned.yaml, the
/// tables of what was tried and their curves. Each rung is an ordinary run below OUTPUT/rungs/: killed, the same
/// command goes on; any number of ranks chooses the same. Collective. Returns the exit code, the same on every rank.
int tune_experiment(const RunOptions& options, Communicator& communicator);

}  // namespace dpsbench
