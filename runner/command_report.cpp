#include <unistd.h>

#include <cstdlib>

#include "core/error.h"
#include "datasets/image_file.h"
#include "results/consolidate.h"
#include "results/durable_file.h"
#include "results/manifest.h"
#include "results/output_lock.h"
#include "results/paper_tables.h"
#include "results/summary_table.h"
#include "runner/commands.h"
#include "runner/result_sheet.h"
#include "runner/yaml_reader.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

/// results.h5 of all that is done: what a finished run left, else made now.
ResultsFile current_results(const fs::path& folder) {
  if (fs::exists(results_path(folder)))
    if (ResultsFile results(results_path(folder)); results.text("complete") == "true") return results;
  const OutputLock lock(folder, "dpsbench report");
  consolidate(folder);
  return ResultsFile(results_path(folder));
}

void write_tables(const ResultsFile& results, const std::vector<std::string>& layouts, const std::string& title,
                  const fs::path& folder) {
  make_folder(folder);
  const Table summary = summary_table(title, results.cells());
  write_table(summary, folder, "summary");
  for (const std::string& layout : layouts) {
    if (layout == "summary") continue;  // there anyway
    const int number = paper_table_number(layout);
    write_table(paper_table(number, results.cells()), folder, layout);
    write_table(paper_comparison(number, results.cells()), folder, layout + "-comparison");
  }
  fmt::print("{}", to_terminal(summary, isatty(STDOUT_FILENO) != 0));
}

void report(const fs::path& folder) {
  const Manifest manifest = read_manifest(folder);
  const YamlReader experiment(
      std::make_shared<const YamlDocument>(parse_yaml(manifest.experiment_text, manifest_path(folder).string())));
  const auto layouts = experiment.has("tables") ? experiment.words("tables") : std::vector<std::string>{};
  const std::string title = experiment.has("title") ? experiment.word("title") : experiment.word("name");
  const ResultsFile results = current_results(folder);
  if (results.cells().empty()) throw UserError("{}: nothing is done yet (dpsbench status shows more)", folder.string());
  write_tables(results, layouts, title, folder / "tables");
  make_folder(folder / "figures");
  write_png(folder / "figures" / "contact_sheet.png", draw_contact_sheet(result_sheet(results, 0)));
  fmt::print("\nwritten: {} (md, tex, csv), {}\n", (folder / "tables").string(),
             (folder / "figures" / "contact_sheet.png").string());
}

}  // namespace

void add_report_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("report", "Write tables and figures of what is done, and print the table");
  const auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "Output folder of a run")->required();
  command->footer("Writes DIR/tables/*.md, *.tex, *.csv and DIR/figures/contact_sheet.png.");
  command->callback([folder] { report(*folder); });
}

}  // namespace dpsbench
