#include <unistd.h>

#include "core/error.h"
#include "datasets/image_file.h"
#include "results/consolidate.h"
#include "results/durable_file.h"
#include "results/figures.h"
#include "results/html_report.h"
#include "results/manifest.h"
#include "results/output_lock.h"
#include "results/paper_tables.h"
#include "results/summary_table.h"
#include "runner/commands.h"
#include "runner/complete_results.h"
#include "runner/result_sheet.h"
#include "runner/yaml_reader.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

/// results.h5 of all that is done: what a finished run left, else made now.
ResultsFile current_results(const fs::path& folder) {
  if (!results_are_complete(folder)) {
    const OutputLock lock(folder, "dpsbench report");
    consolidate(folder);
  }
  return ResultsFile(results_path(folder));
}

/// The tables of the output's experiment by the names of their files, the general one first.
std::vector<std::pair<std::string, Table>> make_tables(const fs::path& folder, const ResultsFile& results) {
  const std::string text = results.text("experiment_text");
  const YamlReader experiment(std::make_shared<const YamlDocument>(parse_yaml(text, manifest_path(folder).string())));
  const std::string title = experiment.has("title") ? experiment.word("title") : experiment.word("name");
  std::vector<std::pair<std::string, Table>> tables = {{"summary", summary_table(title, results.cells())}};
  if (!experiment.has("tables")) return tables;
  for (const std::string& layout : experiment.words("tables")) {
    if (layout == "summary") continue;  // there already
    const int number = paper_table_number(layout);
    tables.emplace_back(layout, paper_table(number, results.cells()));
    tables.emplace_back(layout + "-comparison", paper_comparison(number, results.cells()));
  }
  return tables;
}

/// Writes every figure that the results allow; without gnuplot their numbers and scripts only.
std::vector<Figure> make_figures(const ResultsFile& results, const fs::path& folder) {
  const std::vector<Figure> figures = all_figures(results);
  std::vector<std::string> stems;
  for (const Figure& figure : figures) {
    write_figure(figure, folder);
    stems.push_back(figure.stem);
  }
  if (const std::string trouble = draw_figures(folder, stems); !trouble.empty())
    fmt::print(stderr, "figures are not drawn: {}\n", trouble);
  return figures;
}

/// A picture as the bytes of a PNG file, by way of a file in `folder`.
Bytes encode_png(const Tensor& picture, const fs::path& folder) {
  const fs::path file = temporary_name(folder / "picture.png");
  write_png(file, picture);
  Bytes bytes = read_bytes(file);
  fs::remove(file);
  return bytes;
}

void report(const fs::path& folder) {
  static_cast<void>(read_manifest(folder));  // says so if the folder is no output
  const ResultsFile results = current_results(folder);
  if (results.cells().empty()) throw UserError("{}: nothing is done yet (dpsbench status shows more)", folder.string());
  make_folder(folder / "tables");
  make_folder(folder / "figures");
  std::vector<Table> tables;
  for (auto& [stem, table] : make_tables(folder, results)) {
    write_table(table, folder / "tables", stem);
    tables.push_back(std::move(table));
  }
  fmt::print("{}", to_terminal(tables.front(), isatty(STDOUT_FILENO) != 0));
  const std::vector<Figure> figures = make_figures(results, folder / "figures");
  write_png(folder / "figures" / "contact_sheet.png", draw_contact_sheet(result_sheet(results, 0)));
  const EncodePng encode = [&](const Tensor& picture) { return encode_png(picture, folder / "figures"); };
  write_durably(folder / "report.html", as_bytes(html_report({results, tables, figures, folder / "figures", encode})));
  fmt::print("\nwritten to {}: report.html, tables/, figures/\n", folder.string());
}

}  // namespace

void add_report_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("report", "Write tables, figures and a report of what is done, and print the table");
  const auto folder = std::make_shared<std::string>();
  command->add_option("DIR", *folder, "Output folder of a run")->required();
  command->footer(
      "Writes DIR/report.html (one file, opens offline), DIR/tables/*.{md,tex,csv} and DIR/figures/*.{svg,png}.");
  command->callback([folder] { report(*folder); });
}

}  // namespace dpsbench
