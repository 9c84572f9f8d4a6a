#include "runner/commands/commands.h"

namespace dpsbench {

void add_commands(CLI::App& app) {
#define COMMAND(name) add_##name##_command(app);
#include "runner/commands/commands.inc"
#undef COMMAND
}

}  // namespace dpsbench
