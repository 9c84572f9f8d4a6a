#pragma once
#include <CLI/CLI.hpp>

namespace dpsbench {

/// Adds every subcommand with its options and what it does. A command ends the program with another exit code than 0
/// (exit_code.h) by throwing: UserError and DataError give 2, CLI::RuntimeError its own code, anything else 1.
void add_commands(CLI::App& app);

#define COMMAND(name) void add_##name##_command(CLI::App& app);
#include "runner/commands/commands.inc"
#undef COMMAND

}  // namespace dpsbench
