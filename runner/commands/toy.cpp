#include <ATen/Parallel.h>

#include "core/error.h"
#include "runner/commands/collective_command.h"
#include "runner/commands/commands.h"
#include "runner/experiment/toy_file.h"
#include "runner/ranks/signals.h"
#include "runner/work/toy_run.h"

namespace dpsbench {
namespace {

void run_toy_command(const ToyRunOptions& options) {
  at::set_num_threads(1);
  catch_stop_signals();
  run_on_all_ranks([&](Communicator& communicator) { return run_toy(options, communicator); });
}

}  // namespace

void add_toy_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("toy", "Samplers against a density whose posterior is known in closed form");
  const auto options = std::make_shared<ToyRunOptions>();
  command
      ->add_option("TOY", options->toy,
                   fmt::format("A toy problem ({}) or a file like them", fmt::join(toy_names(), ", ")))
      ->required();
  command->add_option("--output", options->output, "Output folder [output/<name>]; files in it are replaced");
  command->add_option("--set", options->overrides, "Override a key: path=value, list items by number from 0")
      ->take_all()
      ->allow_extra_args(false);
  command->add_flag("--quiet", options->quiet, "Show no progress");
  command->footer(
      "Umbrella sampling of a Gaussian mixture along one coordinate, the paper's section 5.1. A window with the bias\n"
      "exp(-(x - centre)^2 / (2 width^2)) is an inpainting problem: the coordinate was measured as `centre` with "
      "noise\n"
      "`width`. Each method samples its windows, WHAM removes the bias, and the free energy is held against the "
      "closed\n"
      "form. Written: tables/errors and tables/windows (md, tex, csv), figures/ (svg, png), samples.h5.\n"
      "Examples:\n"
      "  dpsbench toy double-well\n"
      "  mpirun -n 2 dpsbench toy double-well --output out       the windows shared out; the same numbers\n"
      "  dpsbench toy double-well --set methods.0.samples=1000 --set methods.0.steps=4000\n"
      "  dpsbench toy my-well.yaml                               start from a copy of experiments/double-well.yaml");
  command->callback([options] { run_toy_command(*options); });
}

}  // namespace dpsbench
