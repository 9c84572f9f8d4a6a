#include "runner/tuning/tune.h"

#include "runner/commands/collective_command.h"
#include "runner/commands/commands.h"
#include "runner/ranks/batch_job.h"
#include "runner/ranks/signals.h"
#include "runner/station/device.h"

namespace dpsbench {
namespace {

void tune(const RunOptions& options) {
  if (options.threads > 1) wait_passively();
  catch_stop_signals(options.grace, job_end());
  run_on_all_ranks([&](Communicator& communicator) { return tune_experiment(options, communicator); },
                   options.heartbeat);
}

}  // namespace

void add_tune_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("tune", "Choose the options of an experiment's methods on images that no table uses");
  const auto options = std::make_shared<RunOptions>();
  command->add_option("EXPERIMENT", options->experiment, "Experiment file (YAML) with a block 'tune'")->required();
  command->add_option("--output", options->output, "Output folder; one that was begun is resumed")->required();
  command->add_option("--set", options->overrides, "Override a key: path=value, e.g. --set tune.budget=20000")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--device", options->device, "auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
      ->capture_default_str();
  command->add_option("--threads", options->threads, "CPU threads of each rank (default 1)")
      ->check(CLI::Range(1, 1024));
  command->add_option("--grace", options->grace, "Seconds after a stop signal in which a unit under way may still end")
      ->check(CLI::Range(0.0, 86400.0))
      ->capture_default_str();
  command
      ->add_option("--heartbeat", options->heartbeat,
                   "Seconds without a sign of life of a rank after which the job is ended; 0: never")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command->add_flag("--cuda-graphs", options->cuda_graphs, "On a GPU, run the network's passes as CUDA graphs");
  command->add_flag("--quiet", options->quiet, "Show no progress");
  command->footer(
      "Every method gets the same number of evaluations on every setting: its presets, and values spread over the\n"
      "ranges that 'dpsbench methods' shows, go through three rungs on more and more images, and half of them go at\n"
      "each. What an entry of the experiment gives itself is kept. OUTPUT/tuned.yaml holds the choice; an experiment\n"
      "takes it by 'presets: tuned.yaml' and {name: dps, preset: tuned} (docs/tuning.md).\n"
      "Examples:\n"
      "  dpsbench tune experiments/tune-quickstart.yaml --output tuned\n"
      "  mpirun -n 2 dpsbench tune experiments/tune-quickstart.yaml --output tuned --set tune.budget=20000\n"
      "The same command resumes, with any number of ranks.");
  command->callback([options] { tune(*options); });
}

}  // namespace dpsbench
