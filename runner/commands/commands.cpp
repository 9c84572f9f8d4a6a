#include "runner/commands/commands.h"

#include "runner/commands/written_words.h"

namespace dpsbench {

void add_commands(CLI::App& app) {
#define COMMAND(name) add_##name##_command(app);
#include "runner/commands/commands.inc"
#undef COMMAND
  take_numbers_as_written(app);
}

}  // namespace dpsbench
