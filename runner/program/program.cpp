// dpsbench: a benchmark of diffusion posterior samplers.
//   dpsbench run experiments/quickstart.yaml --output output/quickstart
//   mpirun -n 4 dpsbench run experiments/table2-ffhq.yaml --output output/table2-ffhq
//   dpsbench report output/quickstart
#include "runner/program/program.h"

#include <fmt/format.h>

#include <algorithm>
#include <csignal>

#include "core/error.h"
#include "core/words/tell.h"
#include "runner/commands/commands.h"
#include "runner/commands/written_words.h"
#include "runner/program/standard_streams.h"
#include "runner/ranks/communicator.h"
#include "runner/ranks/exit_code.h"
#include "runner/station/device.h"

namespace dpsbench {
namespace {

constexpr const char* examples =
    "Examples:\n"
    "  dpsbench plan experiments/quickstart.yaml --ranks 4        what a run would cost, without running it\n"
    "  dpsbench run experiments/quickstart.yaml --output out      run it; the same line again resumes it\n"
    "  mpirun -n 4 dpsbench run experiments/quickstart.yaml --output out\n"
    "  dpsbench status out                                        what is done, what failed and why\n"
    "  dpsbench report out                                        tables and figures of what is done\n"
    "  dpsbench posterior-check out                               do its samples behave as posterior samples must?\n"
    "  dpsbench restore --help                                    any method on a degraded picture of your own\n"
    "  dpsbench toy double-well                                   samplers against a posterior in closed form\n"
    "  dpsbench methods dps-w                                     a method's options\n"
    "Exit codes: 0 all done; 2 bad usage, experiment file or input, output that cannot be\n"
    "  written; 3 finished, but some images failed; 75 stopped early, run again to resume; 1 anything else.";

/// Parses the command line and does what it says. Returns the exit code; the user has been told why.
int run_command_line(CLI::App& app, int argc, char** argv) {
  try {
    std::vector<std::string> words = with_home({argv + 1, argv + argc});
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    app.parse(std::move(words));
    return exit_code::success;
  } catch (const CLI::RuntimeError& error) {
    return error.get_exit_code();
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_code::success : exit_code::bad_usage;
  } catch (const std::exception& error) {
    tell("dpsbench: {}\n", sentence_of(error));
    return exit_code_of(error);
  }
}

}  // namespace

int run_program(int argc, char** argv) {
  secure_standard_streams();
  abort_job_on_terminate();
  keep_freed_memory();
  std::signal(SIGXFSZ, SIG_IGN);  // a limit on the size of files is told by the write that meets it
  CLI::App app{
      "Runs every method x task x noise level of a diffusion-posterior-sampling benchmark over a set of images."};
  app.name("dpsbench")->footer(examples)->require_subcommand(1);
  add_commands(app);
  return exit_code_after_output(run_command_line(app, argc, argv));
}

}  // namespace dpsbench
