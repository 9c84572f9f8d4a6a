// What others are given of finished runs: every number as one table, a board as pages.
#include "core/error.h"
#include "core/words/tell.h"
#include "datasets/image_file.h"
#include "results/cells/compare.h"
#include "results/files/durable_file.h"
#include "results/files/file_stem.h"
#include "results/report/html.h"
#include "results/site/site.h"
#include "results/tables/registry.h"
#include "results/tables/tidy.h"
#include "runner/afterwards/finished_results.h"
#include "runner/afterwards/measurement_psnr.h"
#include "runner/afterwards/run_names.h"
#include "runner/catalogue/catalogue.h"
#include "runner/commands/commands.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

struct ResultsOptions {
  std::vector<std::string> folders;
  std::string output;
};

void write_results(const ResultsOptions& options) {
  std::vector<ResultsFile> files;
  for (const std::string& folder : options.folders) files.push_back(finished_results(folder, "dpsbench results"));
  const std::string text = files.size() == 1 ? tidy_csv(files.front().cells())
                                             : tidy_csv(compare(std::move(files), run_names(options.folders)).cells());
  if (options.output.empty())
    put_text(stdout, text);
  else
    write_durably(options.output, as_bytes(text));
}

struct SiteOptions {
  std::vector<std::string> folders;
  std::string output;
  std::string title = "dpsbench";
};

std::vector<Table> tables_of(const ResultsFile& results, const std::string& title) {
  std::vector<CellResult> rows = results.cells();
  rows.insert(rows.end(), results.failed_cells().begin(), results.failed_cells().end());
  std::vector<Table> tables;
  for (auto& [stem, table] : general_tables(title, results.cells(), rows)) {
    table.stem = stem;
    tables.push_back(std::move(table));
  }
  return tables;
}

/// The report of one run, with its images; without figures, which `dpsbench report` draws.
std::string report_of(const ResultsFile& results) {
  ReportParts parts{.results = results,
                    .tables = tables_of(results, experiment_title(results.runs().front())),
                    .figures = {},
                    .figures_folder = {},
                    .encode_png = [](const Tensor& picture) {
                      const std::string file = encode_png(picture);
                      const ByteView bytes = as_bytes(file);
                      return Bytes(bytes.begin(), bytes.end());
                    }};
  parts.measurement_psnr = [&results](const CellResult& cell, std::int64_t row) {
    return measurement_psnr(results, cell, row);
  };
  return html_report(parts);
}

std::map<std::string, SiteMethod> catalogue() {
  std::map<std::string, SiteMethod> methods;
  for (const CatalogueEntry& entry : method_catalogue())
    methods[entry.name] = {entry.json.at("title"), entry.json.at("paper"), entry.json.at("needs")};
  return methods;
}

void write_page(const fs::path& folder, const std::string& path, const std::string& text) {
  make_folder((folder / path).parent_path());
  write_durably(folder / path, as_bytes(text));
}

void write_site(const SiteOptions& options) {
  const std::vector<std::string> names = run_names(options.folders);
  std::vector<ResultsFile> files;
  std::map<std::string, std::string> reports;
  for (std::size_t k = 0; k < options.folders.size(); ++k) {
    files.push_back(finished_results(options.folders[k], "dpsbench site"));
    const std::string path = fmt::format("runs/{}/report.html", file_stem(names[k]));
    write_page(options.output, path, report_of(files.back()));
    reports[names[k]] = path;
  }
  const ResultsFile results = files.size() == 1 ? std::move(files.front()) : compare(std::move(files), names);
  SiteParts parts{.title = options.title,
                  .results = results,
                  .tables = tables_of(results, options.title),
                  .methods = catalogue(),
                  .downloads = {{"downloads/tidy.csv", "Every number of every image (CSV, one column a parameter)"}},
                  .reports = std::move(reports)};
  write_page(options.output, "downloads/tidy.csv", tidy_csv(results.cells()));
  for (const Table& table : parts.tables) {
    const std::string path = fmt::format("downloads/{}.csv", table.stem);
    write_page(options.output, path, to_csv(table));
    parts.downloads.push_back({path, table.title + " (CSV)"});
  }
  const auto pages = site_pages(parts);
  for (const auto& [path, text] : pages) write_page(options.output, path, text);
  say("{} pages of {} runs: {}\n", pages.size() - 1 + options.folders.size(), options.folders.size(),
      fs::absolute(fs::path(options.output) / "index.html").string());
}

}  // namespace

void add_results_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("results", "Every number of a run as one table for pandas or R, on stdout");
  const auto options = std::make_shared<ResultsOptions>();
  command->add_option("DIR", options->folders, "Output folder of a run; of several the column `run` tells which")
      ->required();
  command->add_option("--output", options->output, "A file to write instead of stdout");
  command->footer(
      "CSV, a line a value: cell, dataset, task, a column each option of tasks, sigma_y, seed, method, a column each\n"
      "option of methods, preset, method_label, image, group, sample, metric, value.\n"
      "  dpsbench results out > out.csv\n"
      "  pandas.read_csv(\"out.csv\")                  as dpsbench.results(\"out\") of the Python package gives it");
  command->callback([options] { write_results(*options); });
}

void add_site_command(CLI::App& app) {
  CLI::App* command = app.add_subcommand("site", "A board over several runs as pages for any static host");
  const auto options = std::make_shared<SiteOptions>();
  command->add_option("RUN", options->folders, "Output folders of runs, imported answers among them")->required();
  command->add_option("--output", options->output, "The folder to write")->required();
  command->add_option("--title", options->title, "What the site is called")->capture_default_str();
  command->footer(
      "index.html with the board over all runs, a page a method and a page a setting, each run's report, CSV files to\n"
      "take away. It opens from a disk and asks other hosts for nothing; answers made elsewhere are marked.\n"
      "  dpsbench site runs/* --output site --title \"Our leaderboard\"\n"
      "examples/results-repository is the template of a repository whose pull requests are checked.");
  command->callback([options] { write_site(*options); });
}

}  // namespace dpsbench
