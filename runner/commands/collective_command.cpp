#include "runner/commands/collective_command.h"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>

#include "runner/ranks/exit_code.h"
#include "runner/ranks/heartbeat.h"
#include "runner/ranks/start_watch.h"
#include "runner/work/briefing.h"

namespace dpsbench {

namespace {

/// How long ranks may take to come together, in seconds: processes start at different times where nodes load the
/// program from a slow disk.
double start_limit(double heartbeat) { return heartbeat > 0 ? std::max(15.0, 4 * heartbeat) : 0; }

}  // namespace

void run_on_all_ranks(const std::function<int(Communicator&)>& body, double heartbeat) {
  std::optional<StartWatch> starting(std::in_place, start_limit(heartbeat));
  const std::unique_ptr<Communicator> communicator = make_communicator();
  std::optional<Heartbeat> watching;
  int code = exit_code::success;
  try {
    watching.emplace(*communicator, heartbeat);
    starting.reset();
    code = body(*communicator);
  } catch (const std::exception& error) {
    abort_job(*communicator, sentence_of(error), exit_code_of(error));
  }
  watching.reset();
  if (code != exit_code::success) throw CLI::RuntimeError(code);
}

}  // namespace dpsbench
