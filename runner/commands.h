#pragma once
#include <CLI/CLI.hpp>

namespace dpsbench {

// One function a command, each in the file of its name: adds the subcommand with its options and what it does. A
// command ends the program with another exit code than 0 (exit_code.h) by throwing: UserError and DataError give 2,
// CLI::RuntimeError its own code, anything else 1.

void add_run_command(CLI::App& app);
void add_plan_command(CLI::App& app);
void add_submit_command(CLI::App& app);
void add_status_command(CLI::App& app);
void add_report_command(CLI::App& app);
void add_posterior_check_command(CLI::App& app);
void add_along_time_command(CLI::App& app);
void add_verify_command(CLI::App& app);
void add_score_command(CLI::App& app);
void add_weights_command(CLI::App& app);
void add_train_command(CLI::App& app);
void add_calibrate_command(CLI::App& app);
void add_toy_command(CLI::App& app);
void add_restore_command(CLI::App& app);
void add_toy_command(CLI::App& app);
void add_methods_command(CLI::App& app);
void add_tasks_command(CLI::App& app);

}  // namespace dpsbench
