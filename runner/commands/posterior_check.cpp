#include "runner/afterwards/posterior_check.h"

#include "core/error.h"
#include "core/words/colour.h"
#include "core/words/tell.h"
#include "results/files/durable_file.h"
#include "runner/afterwards/finished_results.h"
#include "runner/commands/commands.h"

namespace dpsbench {
namespace {

void check_posterior(const std::filesystem::path& folder) {
  const ResultsFile results = finished_results(folder, "dpsbench posterior-check");
  const Table table = posterior_check(results, experiment_title(results.runs().front()));
  make_folder(folder / "tables");
  write_table(table, folder / "tables", "posterior-check");
  say("{}\nwritten to {}/tables: posterior-check.md, .tex, .csv\n", to_terminal(table, takes_colour(stdout)),
      folder.string());
}

}  // namespace

void add_posterior_check_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("posterior-check", "Do the samples of a run behave as posterior samples must?");
  const auto folder = std::make_shared<std::string>();
  command->add_option("OUTPUT", *folder, "Output folder of a run")->required();
  command->footer(
      "Appendix D.1 of the paper, for every cell: MSE over MMSE (needs 'samples: 2' or more in the experiment; the\n"
      "paper has 40), Pearson correlation and Kolmogorov-Smirnov test of the noise left in the measurement.\n"
      "  dpsbench run experiments/posterior-check.yaml --output out && dpsbench posterior-check out");
  command->callback([folder] { check_posterior(*folder); });
}

}  // namespace dpsbench
