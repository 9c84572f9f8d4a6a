#include <ATen/Parallel.h>

#include <charconv>
#include <set>

#include "core/error.h"
#include "core/words/colour.h"
#include "core/words/tell.h"
#include "datasets/image_file.h"
#include "results/cells/best_of_samples.h"
#include "results/cells/compare.h"
#include "results/figures/figures.h"
#include "results/files/durable_file.h"
#include "results/paper/published_table.h"
#include "results/paper/tables.h"
#include "results/report/html.h"
#include "results/tables/images.h"
#include "results/tables/intervals.h"
#include "results/tables/registry.h"
#include "results/tables/tidy.h"
#include "runner/afterwards/finished_results.h"
#include "runner/afterwards/mean_of_samples.h"
#include "runner/afterwards/measurement_psnr.h"
#include "runner/afterwards/reevaluate.h"
#include "runner/afterwards/result_sheet.h"
#include "runner/afterwards/run_names.h"
#include "runner/afterwards/set_distances.h"
#include "runner/commands/commands.h"
#include "runner/station/device.h"

namespace dpsbench {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t images_a_sheet = 10;
constexpr std::int64_t frames_a_sheet = 10;

struct ReportOptions {
  std::vector<std::string> folders;
  std::string output;
  std::vector<std::string> metrics;
  std::string lpips_weights;
  std::string features;
  bool best_of_samples = false;
  std::string images = "auto";
  std::string device = "auto";
};

/// Where metrics are computed, in the way that `run` computes them.
at::Device device_of(const ReportOptions& options) {
  const at::Device device = choose_device(options.device, 0);
  fix_numerics(device, at::get_num_threads());
  return device;
}

ResultsFile read_results(const ReportOptions& options) {
  std::vector<ResultsFile> files;
  for (const std::string& folder : options.folders) files.push_back(finished_results(folder, "dpsbench report"));
  if (files.size() == 1) return std::move(files.front());
  return compare(std::move(files), run_names(options.folders));
}

/// The title of the experiments, each once.
std::string report_title(const std::vector<std::string>& titles) {
  std::vector<std::string> distinct;
  for (const std::string& title : titles)
    if (std::ranges::find(distinct, title) == distinct.end()) distinct.push_back(title);
  return fmt::format("{}", fmt::join(distinct, " | "));
}

/// The tables of the experiments, the general ones first.
std::vector<NamedTable> make_tables(const ResultsFile& results, const ReportOptions& options) {
  std::vector<std::string> titles;
  std::set<std::string> layouts;
  for (const RunResult& run : results.runs()) {
    titles.push_back(experiment_title(run));
    for (const std::string& layout : table_layouts(run)) layouts.insert(layout);
  }
  std::vector<CellResult> cells = results.cells();  // with those that failed throughout
  cells.insert(cells.end(), results.failed_cells().begin(), results.failed_cells().end());
  const std::vector<CellResult> rows =
      with_means_of_samples(results, std::move(cells), options.lpips_weights, device_of(options));
  std::vector<NamedTable> tables = general_tables(report_title(titles), results.cells(), rows);
  if (!options.features.empty())
    tables.push_back({"sets", set_distances(results, {options.features, device_of(options)})});
  for (const std::string& layout : layouts) {
    if (layout == "summary") continue;  // there already
    if (layout.starts_with("published-")) {
      tables.push_back({layout, table_beside_published(layout, results.cells())});
      continue;
    }
    const int number = paper_table_number(layout);
    tables.push_back({layout, paper_table(number, results.cells())});
    tables.push_back({layout + "-comparison", paper_comparison(number, results.cells())});
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
    tell("figures are not drawn: {}\n", trouble);
  return figures;
}

void write_sheets(const ResultsFile& results, const fs::path& folder) {
  write_png(folder / "contact_sheet.png", draw_contact_sheet(result_sheet(results, 0)));
  for (const auto& sheets : {sample_sheets(results, images_a_sheet), film_sheets(results, frames_a_sheet)})
    for (const NamedSheet& named : sheets) write_png(folder / (named.stem + ".png"), draw_contact_sheet(named.sheet));
}

/// A picture as the bytes of a PNG file.
Bytes png_bytes(const Tensor& picture) {
  const std::string file = encode_png(picture);
  const ByteView bytes = as_bytes(file);
  return {bytes.begin(), bytes.end()};
}

/// ReportParts::images of what --images says.
std::int64_t images_of_page(const std::string& text) {
  if (text == "auto") return 0;
  if (text == "all") return -1;
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc() || end != text.data() + text.size() || count < 1)
    throw UserError("--images: '{}' is no number; allowed: a number from 1 on, auto, all", text);
  return count;
}

void report(const ReportOptions& options) {
  ResultsFile results = read_results(options);
  if (!options.metrics.empty()) reevaluate(results, options.metrics, options.lpips_weights, device_of(options));
  if (options.best_of_samples) keep_best_samples(results.cells());
  const bool compared = options.folders.size() > 1;
  const fs::path folder =
      !options.output.empty() ? options.output : (compared ? "comparison" : options.folders.front());
  make_folder(folder / "tables");
  make_folder(folder / "figures");
  std::vector<Table> tables;
  for (auto& [stem, table] : make_tables(results, options)) {
    table.stem = stem;
    write_table(table, folder / "tables", stem);
    tables.push_back(std::move(table));
  }
  write_durably(folder / "tables" / "images.csv", as_bytes(to_csv(image_table(results.cells()))));
  write_durably(folder / "tables" / "tidy.csv", as_bytes(tidy_csv(results.cells())));
  Table intervals = interval_table(results.cells());
  intervals.stem = "intervals";
  write_table(intervals, folder / "tables", intervals.stem);
  put_text(stdout, to_terminal(tables.front(), takes_colour(stdout)));
  const std::vector<Figure> figures = make_figures(results, folder / "figures");
  write_sheets(results, folder / "figures");
  const fs::path page = folder / "report.html";
  ReportParts parts{.results = results,
                    .tables = std::move(tables),
                    .figures = figures,
                    .figures_folder = folder / "figures",
                    .encode_png = png_bytes};
  parts.measurement_psnr = [&results](const CellResult& cell, std::int64_t row) {
    return measurement_psnr(results, cell, row);
  };
  parts.images = images_of_page(options.images);
  write_durably(page, as_bytes(html_report(parts)));
  say("\nwritten to {}: tables/, figures/ and {}\n", folder.string(), fs::absolute(page).string());
}

}  // namespace

void add_report_command(CLI::App& app) {
  CLI::App* command =
      app.add_subcommand("report", "Write tables, figures and a report of what is done, and print the table");
  const auto options = std::make_shared<ReportOptions>();
  command->add_option("DIR", options->folders, "Output folder of a run; several are compared in one report")
      ->required();
  command->add_option("--output", options->output, "Where to write (default: DIR; of several: ./comparison)");
  command
      ->add_option("--metrics", options->metrics,
                   "The metrics to show, as psnr,ssim,lpips: those that the run lacks are computed from its stored "
                   "samples, nothing is sampled again")
      ->delimiter(',')
      ->allow_extra_args(false);
  command->add_option("--lpips-weights", options->lpips_weights, "LPIPS weights (safetensors) for --metrics");
  command->add_flag("--best-of-samples", options->best_of_samples,
                    "Show the best of an image's samples in place of their mean, and say so in every label");
  command
      ->add_option(
          "--features", options->features,
          "A TorchScript network (inception-2015-12-05.pt): FID and KID of every cell in tables/sets. Such a file "
          "is a program, which can do all that you can: take it only from whom you trust")
      ->check(CLI::ExistingFile);
  command
      ->add_option("--images", options->images,
                   "Of each setting in the page: a number, all, or auto: as many as fit into 24 MB of pictures")
      ->capture_default_str();
  command->add_option("--device", options->device, "For --metrics and --features: auto, cpu or cuda")
      ->check(CLI::IsMember({"auto", "cpu", "cuda"}))
      ->capture_default_str();
  command->footer(
      "Writes report.html (one file, opens offline), tables/*.{md,tex,csv} and figures/*.{svg,pdf,png}.\n"
      "  dpsbench report out --metrics psnr,ssim,ms_ssim,lpips --lpips-weights lpips_vgg.safetensors\n"
      "  dpsbench report before after --output comparison      cells are labelled with their run; they are paired\n"
      "                                                        where images and measurements are the same");
  command->callback([options] { report(*options); });
}

}  // namespace dpsbench
