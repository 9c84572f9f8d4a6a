#include <unistd.h>

#include "datasets/image_file.h"
#include "results/best_table.h"
#include "results/durable_file.h"
#include "results/figures.h"
#include "results/html_report.h"
#include "results/paper_tables.h"
#include "results/published_table.h"
#include "results/summary_table.h"
#include "runner/commands.h"
#include "runner/finished_results.h"
#include "runner/result_sheet.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

/// The tables of the output's experiment by the names of their files, the general one first.
std::vector<std::pair<std::string, Table>> make_tables(const ResultsFile& results) {
  std::vector<std::pair<std::string, Table>> tables = {
      {"summary", summary_table(experiment_title(results), results.cells())}};
  if (Table best = best_table(experiment_title(results), results.cells()); !best.sections.empty())
    tables.emplace_back("best", std::move(best));
  if (Table published = published_table(experiment_title(results), results.cells()); !published.sections.empty())
    tables.emplace_back("as-published", std::move(published));
  for (const std::string& layout : table_layouts(results)) {
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

/// A picture as the bytes of a PNG file.
Bytes png_bytes(const Tensor& picture) {
  const std::string file = encode_png(picture);
  const ByteView bytes = as_bytes(file);
  return {bytes.begin(), bytes.end()};
}

void report(const fs::path& folder) {
  const ResultsFile results = finished_results(folder, "dpsbench report");
  make_folder(folder / "tables");
  make_folder(folder / "figures");
  std::vector<Table> tables;
  for (auto& [stem, table] : make_tables(results)) {
    write_table(table, folder / "tables", stem);
    tables.push_back(std::move(table));
  }
  fmt::print("{}", to_terminal(tables.front(), isatty(STDOUT_FILENO) != 0));
  const std::vector<Figure> figures = make_figures(results, folder / "figures");
  write_png(folder / "figures" / "contact_sheet.png", draw_contact_sheet(result_sheet(results, 0)));
  write_durably(folder / "report.html",
                as_bytes(html_report({results, tables, figures, folder / "figures", png_bytes})));
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
