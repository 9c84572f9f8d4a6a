#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "core/error.h"
#include "core/words/shell_word.h"
#include "core/words/tell.h"
#include "priors/prior_spec.h"
#include "results/files/durable_file.h"
#include "runner/commands/commands.h"
#include "runner/experiment/experiment.h"
#include "runner/price/estimate.h"
#include "runner/ranks/exit_code.h"
#include "runner/slurm/scripts.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

constexpr int untold = 74;  ///< what chain.sh ends with where its jobs were submitted but not told of

/// Ends with the command's exit code; the command writes where this program writes.
int run_command(const std::vector<std::string>& words) {
  const pid_t child = fork();
  if (child < 0) throw Error("cannot start another process");
  if (child == 0) {
    static_cast<void>(std::signal(SIGPIPE, SIG_DFL));  // as every program expects it
    std::vector<char*> pointers;
    for (const std::string& word : words) pointers.push_back(const_cast<char*>(word.c_str()));
    pointers.push_back(nullptr);
    execvp(pointers[0], pointers.data());
    _exit(127);
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0)
    if (errno != EINTR) throw Error("lost sight of a process");
  return WIFEXITED(status) ? WEXITSTATUS(status) : exit_code::internal_error;
}

void warn_of_missing_inputs(const Experiment& experiment) {
  try {
    require_inputs(experiment);
  } catch (const UserError& error) {
    tell("note: not on this machine, so site.sh must say where: {}\n", error.what());
  }
}

/// Multiply-accumulates of an evaluation for which one wants GPUs: a tenth of FFHQ's network at 256 x 256.
constexpr double for_gpus = 2e10;

/// Throws UserError where a large network would end up on CPUs that nobody asked for.
void require_gpus(const Experiment& experiment, const SubmitOptions& options) {
  if (options.gpus || experiment.prior.kind != "unet" || site_asks_for_gpus(options)) return;
  const double operations = unet_operations(network_options(experiment.prior)) *
                            static_cast<double>(passes_of_an_evaluation(experiment.prior));
  if (operations >= for_gpus)
    throw UserError(
        "{}: an evaluation of its network is {:.0f} billion multiply-accumulates an image, and nothing asks for "
        "GPUs: give --gpus N (of each node), or say it in RUN_OPTIONS of site.sh; --gpus 0 computes on CPUs all the "
        "same",
        options.experiment.string(), operations / 1e9);
}

void submit(SubmitOptions options, bool dry_run) {
  check_slurm_time(options.time);
  const Experiment experiment = read_experiment(options.experiment, options.overrides);
  warn_of_missing_inputs(experiment);
  options.experiment = fs::absolute(options.experiment);
  options.output = fs::absolute(options.output).lexically_normal();
  const char* site = std::getenv("DPSBENCH_SITE");
  if (options.site.empty() && site != nullptr) options.site = site;
  require_gpus(experiment, options);
  if (options.program.empty()) options.program = {fs::read_symlink("/proc/self/exe").string()};
  const auto scripts = slurm_scripts(options);
  const std::vector<std::string> command = submission(options);
  const fs::path folder = options.output / "slurm";
  if (dry_run) {
    for (const auto& [name, text] : scripts) say("==> {} <==\n{}\n", (folder / name).string(), text);
    std::string line;
    for (const std::string& word : command) line += (line.empty() ? "" : " ") + shell_word(word);
    say("==> command <==\n{}\n", line);
    return;
  }
  make_folder(folder);
  for (const auto& [name, text] : scripts) write_durably(folder / name, as_bytes(text));
  if (scripts.contains(launcher_name))
    fs::permissions(folder / launcher_name, fs::perms::owner_exec | fs::perms::group_exec, fs::perm_options::add);
  setenv("DPSBENCH_SITE", (folder / "site.sh").c_str(), 1);
  const int code = run_command(command);
  if (code == untold) throw Error("the jobs were submitted, but standard output could not be written: see squeue");
  if (code != exit_code::success)
    throw UserError("the jobs were not submitted; the scripts are in {}", folder.string());
}

}  // namespace

void add_submit_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("submit", "Write Slurm scripts for a run and its report, and submit them");
  const auto options = std::make_shared<SubmitOptions>();
  const auto dry_run = std::make_shared<bool>(false);
  command->add_option("EXPERIMENT", options->experiment, "Experiment file (YAML)")->required();
  command->add_option("--output", options->output, "Output folder; scripts and logs go to its folder slurm")
      ->required();
  command->add_option("--set", options->overrides, "Override a key: path=value, list items by number from 0")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--nodes", options->nodes, "Nodes of each job")
      ->check(CLI::Range(1, 100000))
      ->capture_default_str();
  command->add_option("--gpus", options->gpus, "GPUs of each node; 0: none, on purpose; else as site.sh says")
      ->check(CLI::Range(0, 1000));
  command->add_option("--parts", options->parts, "Jobs that share the output folder, as a job array")
      ->check(CLI::Range(1, 1000))
      ->capture_default_str();
  command->add_option("--time", options->time, "Time limit of each job: minutes, hours:minutes:seconds, days-hours ...")
      ->capture_default_str();
  command->add_option("--site", options->site, "Site settings (slurm/site.sh), else $DPSBENCH_SITE");
  command->add_option("--program", options->program, "A word of what starts dpsbench in a job; again for each")
      ->allow_extra_args(false)
      ->group("");  // of python -m dpsbench, whose jobs are to know the plugins that it knows
  command->add_flag("--dry-run", *dry_run, "Print the scripts and the command, write and submit nothing");
  command->footer(
      "A job that reaches its time limit or is preempted goes back into the queue and resumes. The report follows "
      "when\n"
      "all parts have ended. Example:\n"
      "  dpsbench submit experiments/table2-ffhq.yaml --output output/table2 --nodes 4 --gpus 4 --time 12:00:00 "
      "--dry-run");
  command->callback([options, dry_run] { submit(*options, *dry_run); });
}

}  // namespace dpsbench
