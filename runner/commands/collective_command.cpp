#include "runner/commands/collective_command.h"

#include <CLI/CLI.hpp>
#include <optional>

#include "runner/ranks/exit_code.h"
#include "runner/ranks/heartbeat.h"
#include "runner/work/briefing.h"

namespace dpsbench {

void run_on_all_ranks(const std::function<int(Communicator&)>& body, double heartbeat) {
  const std::unique_ptr<Communicator> communicator = make_communicator();
  std::optional<Heartbeat> watching;
  int code = exit_code::success;
  try {
    watching.emplace(*communicator, heartbeat);
    code = body(*communicator);
  } catch (const std::exception& error) {
    abort_job(*communicator, error.what(), exit_code_of(error));
  }
  watching.reset();
  if (code != exit_code::success) throw CLI::RuntimeError(code);
}

}  // namespace dpsbench
