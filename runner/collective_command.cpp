#include "runner/collective_command.h"

#include <CLI/CLI.hpp>

#include "runner/briefing.h"
#include "runner/exit_code.h"

namespace dpsbench {

void run_on_all_ranks(const std::function<int(Communicator&)>& body) {
  const std::unique_ptr<Communicator> communicator = make_communicator();
  int code = exit_code::success;
  try {
    code = body(*communicator);
  } catch (const std::exception& error) {
    abort_job(*communicator, error.what(), exit_code_of(error));
  }
  if (code != exit_code::success) throw CLI::RuntimeError(code);
}

}  // namespace dpsbench
