#include "runner/work/run.h"

#include "runner/commands/collective_command.h"
#include "runner/commands/commands.h"
#include "runner/ranks/batch_job.h"
#include "runner/ranks/signals.h"
#include "runner/station/device.h"
#include "runner/work/part.h"

namespace dpsbench {
namespace {

void run(const RunOptions& options) {
  if (options.threads > 1) wait_passively();
  catch_stop_signals(options.grace, job_end());
  run_on_all_ranks([&](Communicator& communicator) { return run_experiment(options, communicator); },
                   options.heartbeat);
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
  command
      ->add_option("--only", options->only,
                   "Do only these cells now: a cell's id with or without its number, a task, a method or its label, in "
                   "which * stands for anything, or a part of ids (dpsbench status DIR lists them); may be repeated")
      ->type_name("CELL")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--device", options->device, "auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
      ->capture_default_str();
  command
      ->add_option("--threads", options->threads,
                   "CPU threads of each rank (default 1; results are the same bits for the same number)")
      ->check(CLI::Range(1, 1024));
  command
      ->add_option_function<std::string>(
          "--part", [options](const std::string& text) { options->part = parse_part(text); },
          "i/n: do the i-th of n shares; jobs with all i share one output folder")
      ->type_name("i/n");
  command
      ->add_option("--grace", options->grace,
                   "Seconds after a stop signal in which a unit under way may still end, but not in the last 15 before "
                   "the end of the batch job (SLURM_JOB_END_TIME); others are dropped")
      ->check(CLI::Range(0.0, 86400.0))
      ->capture_default_str();
  command->add_option("--wait", options->wait, "Seconds to wait for another job that still holds the output folder")
      ->check(CLI::Range(0.0, 86400.0))
      ->capture_default_str();
  command
      ->add_option(
          "--step-timeout", options->step_timeout,
          "Seconds without a step of the sampler, or in which nothing is read or written, after which the job is "
          "ended; time in which it is suspended does not count; 0: never")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command
      ->add_option(
          "--heartbeat", options->heartbeat,
          "Seconds without a sign of life of a rank after which the job is ended (at the start four times that, at "
          "least 15); 0: never")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command->add_option("--max-failures", options->max_failures,
                      "Give up when more images than this have failed (default: go on to the end)");
  command
      ->add_option(
          "--transport", options->transport,
          "How ranks exchange weights and sums: mpi, through the hosts, or nccl, between GPUs; where NCCL cannot "
          "be set up within two minutes, mpi takes its place")
      ->transform(CLI::CheckedTransformer(
          std::map<std::string, Transport>{{"mpi", Transport::mpi}, {"nccl", Transport::nccl}}));
  command->add_flag("--no-consolidate", options->leaves_results_apart,
                    "Leave results.h5 to 'dpsbench report': many GPUs need not wait for one process that writes it");
  command->add_flag(
      "--link-samples", options->links_samples,
      "Leave samples in their units' files, and link them in results.h5 in place of a second copy: half the "
      "disk; results.h5 then needs DIR/units beside it");
  command->add_flag("--cuda-graphs", options->cuda_graphs,
                    "On a GPU, run the network's passes as CUDA graphs: worth it where launching kernels takes longer "
                    "than they do (small networks, small batches); needs the memory of every batch size it meets");
  command->add_flag("--quiet", options->quiet, "Show no progress");
  command->footer(
      "Examples:\n"
      "  dpsbench run experiments/quickstart.yaml --output out\n"
      "  dpsbench run experiments/quickstart.yaml --output out-50 --set methods.1.steps=50 --set seed=1\n"
      "  mpirun -n 4 dpsbench run experiments/table2-ffhq.yaml --output out2      one rank a GPU\n"
      "  dpsbench run experiments/table2-ffhq.yaml --output out2 --part 3/8         one of eight jobs\n"
      "  dpsbench run experiments/quickstart.yaml --output out --only dps-w          its cells first\n"
      "An output may grow: with methods, tasks, noise levels, values of a scan, metrics, samples or images (at the "
      "end\n"
      "of the list) added to the experiment, the same command does what is new. What is changed is refused.\n"
      "SIGTERM, SIGINT and SIGUSR2 stop it with exit code 75, at once when they come twice. Finished units are kept:\n"
      "the same command resumes, with any number of ranks. Under mpirun send SIGUSR2 to mpirun: of SIGTERM and SIGINT\n"
      "it kills its ranks a second later, without grace, and ends with 1.");
  command->callback([options] { run(*options); });
}

}  // namespace dpsbench
