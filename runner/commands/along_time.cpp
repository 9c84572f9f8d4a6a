#include "runner/work/along_time.h"

#include "core/error.h"
#include "core/words/tell.h"
#include "results/files/durable_file.h"
#include "runner/commands/commands.h"
#include "runner/ranks/signals.h"

namespace dpsbench {
namespace {

struct AlongTimeRequest {
  RunOptions run;
  AlongTimeOptions options;
};

void run_along_time(const AlongTimeRequest& request) {
  catch_stop_signals();
  const Station station = set_up_station(request.run, 0);
  const auto curves = scores_along_time(station, request.options, [&](std::size_t done, std::size_t total) {
    if (!request.run.quiet) put_text(stderr, fmt::format("\r{} of {} cells{}", done, total, done == total ? "\n" : ""));
    if (stop_requested()) throw Interrupted();
  });
  const std::filesystem::path figures = request.run.output / "figures";
  make_folder(figures);
  write_score_curves(request.run.output / "along-time.h5", curves);
  std::vector<std::string> stems;
  for (const Figure& figure : score_curve_figures(curves)) {
    write_figure(figure, figures);
    stems.push_back(figure.stem);
  }
  if (const std::string problem = draw_figures(figures, stems); !problem.empty()) tell("{}\n", problem);
  say("written to {}: along-time.h5, {} figures\n", request.run.output.string(), stems.size());
}

}  // namespace

void add_along_time_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("along-time", "How far is the score that each method follows from the exact posterior score?");
  const auto request = std::make_shared<AlongTimeRequest>();
  command->add_option("EXPERIMENT", request->run.experiment, "Experiment file whose prior knows its posterior")
      ->required();
  command->add_option("--output", request->run.output, "Output folder; files in it are replaced")->required();
  command->add_option("--levels", request->options.levels, "Noise levels, evenly spread over time [20]")
      ->check(CLI::Range(1, 1000));
  command
      ->add_option("--probes", request->options.probes,
                   "Directions in which scores are differentiated for the spread; 0: leave it out [8]")
      ->check(CLI::Range(0, 100000));
  command->add_option("--set", request->run.overrides, "Override a key: path=value, list items by number from 0")
      ->take_all()
      ->allow_extra_args(false);
  command->add_option("--device", request->run.device, "cpu, cuda, or auto [auto]");
  command->add_option("--threads", request->run.threads, "CPU threads")
      ->check(CLI::Range(1, 1024))
      ->capture_default_str();
  command->add_flag("--quiet", request->run.quiet, "Show no progress");
  command->footer(
      "At each noise level an exact posterior draw is noised to x_t, and every method of the experiment that follows "
      "a\n"
      "score makes one step from there; the score is read from the step. Measured against the exact posterior score\n"
      "s*: relative error, cosine and ratio of lengths, the same of the guidance (what is added to the prior's "
      "score),\n"
      "and the spread of p(x_0 | x_t, y) that a score implies over the true one. Figures 7 and 8 of the paper for all\n"
      "methods. Written: along-time.h5 (a group a cell, [images, levels]), figures/ (svg, png).\n"
      "  dpsbench along-time experiments/truth-modes.yaml --output out\n"
      "  dpsbench along-time experiments/truth-levy.yaml --output out --probes 0    Gibbs scores have Monte Carlo\n"
      "                                                                             noise: no derivatives");
  command->callback([request] { run_along_time(*request); });
}

}  // namespace dpsbench
