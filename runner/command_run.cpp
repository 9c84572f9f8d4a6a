#include "core/error.h"
#include "runner/briefing.h"
#include "runner/commands.h"
#include "runner/device.h"
#include "runner/exit_code.h"
#include "runner/run.h"
#include "runner/signals.h"

namespace dpsbench {
namespace {

void run(const RunOptions& options) {
  if (options.threads > 1) wait_passively();
  catch_stop_signals();
  const std::unique_ptr<Communicator> communicator = make_communicator();
  int code = exit_code::success;
  try {
    code = run_experiment(options, *communicator);
  } catch (const std::exception& error) {
    abort_job(*communicator, error.what(), exit_code_of(error));  // the others may be waiting for this rank
  }
  if (code != exit_code::success) throw CLI::RuntimeError(code);
}

}  // namespace

void add_run_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("run", "Run an experiment into an output folder, or resume it there");
  const auto options = std::make_shared<RunOptions>();
  command->add_option("EXPERIMENT", options->experiment, "Experiment file (YAML)")->required();
  command->add_option("--output", options->output, "Output folder; an existing one is resumed")->required();
  command->add_option("--set", options->overrides, "Override a key: path=value, list items by number from 0")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--device", options->device, "auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
      ->capture_default_str();
  command
      ->add_option("--threads", options->threads,
                   "CPU threads of each rank (default 1; results are the same bits for the same number)")
      ->check(CLI::Range(1, 1024));
  command->add_flag("--quiet", options->quiet, "Show no progress");
  command->footer(
      "Examples:\n"
      "  dpsbench run experiments/quickstart.yaml --output out\n"
      "  dpsbench run experiments/quickstart.yaml --output out-50 --set methods.1.steps=50 --set seed=1\n"
      "  mpirun -n 4 dpsbench run experiments/table2-ffhq.yaml --output out2      one rank a GPU\n"
      "SIGTERM, SIGINT and SIGUSR2 stop it at the next step with exit code 75; a second one at once. Finished units\n"
      "are kept: the same command resumes, with any number of ranks.");
  command->callback([options] { run(*options); });
}

}  // namespace dpsbench
