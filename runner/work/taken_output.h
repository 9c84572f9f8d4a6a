#pragma once
#include <optional>

#include "results/store/output_lock.h"
#include "runner/station/station.h"

namespace dpsbench {

/// This process as the holder of a lock: the batch system's job and how often it was begun again.
LockOwner this_job();

/// The turn to do what jobs do one after the other. Says once whom it waits for. Throws OutputBusy after `limit`
/// seconds (0: never) and Interrupted after a stop request.
OutputTurn wait_for_turn(const std::filesystem::path& folder, double limit);

/// The turn and the lock of an output folder, for which another job is waited as long as `options` allow; parts of one
/// run open the folder one after the other, and wait for that as long as a step may take. The turn is given back
/// between tries: the other job needs it to end. Throws like wait_for_turn().
OutputTurn take_output(const RunOptions& options, std::optional<OutputLock>& lock);

}  // namespace dpsbench
