#pragma once
#include <functional>

#include "runner/ranks/communicator.h"

namespace dpsbench {

/// What a command does that all ranks of a job share: `body` with the job's communicator, which returns an exit code.
/// Another code than 0 becomes CLI::RuntimeError. An exception that leaves `body` on one rank ends the whole job with a
/// message: the others may be waiting for it. So does a rank that gives no sign of life for `heartbeat` seconds
/// (heartbeat.h).
void run_on_all_ranks(const std::function<int(Communicator&)>& body, double heartbeat = 60);

}  // namespace dpsbench
