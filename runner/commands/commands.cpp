#include "runner/commands/commands.h"

#include "runner/commands/plain_numbers.h"

namespace dpsbench {

void add_commands(CLI::App& app) {
#define COMMAND(name) add_##name##_command(app);
#include "runner/commands/commands.inc"
#undef COMMAND
  require_plain_numbers(app);
}

}  // namespace dpsbench
