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
#include "runner/doctor/versions.h"
#include "runner/program/short_help.h"
#include "runner/program/standard_streams.h"
#include "runner/program/unknown_words.h"
#include "runner/ranks/communicator.h"
#include "runner/ranks/exit_code.h"
#include "runner/station/device.h"

namespace dpsbench {
namespace {

int refuse(const std::string& message) {
  tell("{}", message);
  return exit_code::bad_usage;
}

/// Parses the command line and does what it says. Returns the exit code; the user has been told why.
int run_command_line(CLI::App& app, int argc, char** argv) {
  std::vector<std::string> words = with_home(with_hyphens({argv + 1, argv + argc}));
  if (words.empty()) return refuse(short_help);
  if (const std::string unknown = unknown_command(app, words); !unknown.empty())
    return refuse(fmt::format("dpsbench: {}\n", unknown));
  try {
    std::reverse(words.begin(), words.end());  // as CLI11 takes them
    app.parse(std::move(words));
    return exit_code::success;
  } catch (const CLI::RuntimeError& error) {
    return error.get_exit_code();
  } catch (const CLI::ParseError& error) {
    if (const std::string unknown = unknown_option(app); error.get_exit_code() != 0 && !unknown.empty())
      return refuse(fmt::format("{}\n", unknown));
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
  app.set_version_flag("--version", versions_text, "What this program is made of, with its version");
  add_commands(app);
  return exit_code_after_output(run_command_line(app, argc, argv));
}

}  // namespace dpsbench
