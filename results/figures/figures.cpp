#include "results/figures/figures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>

#include "results/cells/cell_label.h"
#include "results/cells/comparison.h"
#include "results/cells/metric_columns.h"
#include "results/files/file_stem.h"

namespace dpsbench {
namespace {

std::vector<double> values_of(const Tensor& tensor) {
  const Tensor values = tensor.to(at::kDouble).contiguous();
  return {values.data_ptr<double>(), values.data_ptr<double>() + values.numel()};
}

constexpr const char* quartile_caption = "Median over images; the band holds the middle half of them.";

/// Median and quartiles over images of what is told at each step, [N, steps]; time runs from 1 (all noise) to 0. Steps
/// at which it is 0 or not told (a step without guidance) are left out.
Series quartile_series(const std::string& title, const Tensor& values) {
  const std::int64_t steps = values.size(1);
  const Tensor levels = at::tensor({0.25, 0.5, 0.75}, at::kDouble);
  const Tensor quartiles = at::nanquantile(values.to(at::kDouble), levels, 0);  // [3, steps]
  const Tensor told = (quartiles[1] > 0).nonzero().squeeze(1);
  const Tensor time = (steps - told).to(at::kDouble) / static_cast<double>(steps);
  const Tensor kept = quartiles.index_select(1, told);
  return {.title = title,
          .x = values_of(time),
          .y = values_of(kept[1]),
          .lower = values_of(kept[0]),
          .upper = values_of(kept[2])};
}

/// The cells of a setting with a metric, best mean first.
std::vector<const CellResult*> by_mean_loss(const Setting& setting, const MetricEntry& metric) {
  std::vector<std::pair<double, const CellResult*>> ranked;
  for (const CellResult* cell : setting.cells) {
    const std::vector<double> values = cell->image_values(metric.name);
    if (values.empty()) continue;
    const double mean = std::accumulate(values.begin(), values.end(), 0.0) / static_cast<double>(values.size());
    if (std::isfinite(mean)) ranked.emplace_back(metric.loss(mean), cell);
  }
  std::ranges::stable_sort(ranked, {}, &std::pair<double, const CellResult*>::first);
  std::vector<const CellResult*> cells;
  for (const auto& [ignored, cell] : ranked) cells.push_back(cell);
  return cells;
}

}  // namespace

std::vector<Figure> step_size_figures(const ResultsFile& file) {
  const CellLabels labels(file.cells());
  std::vector<Figure> figures;
  for (const Setting& setting : settings_of(file.cells())) {
    Figure figure;
    for (const CellResult* cell : setting.cells)
      if (file.has(*cell, "step_size"))
        figure.series.push_back(quartile_series(labels.method_and_steps(*cell), file.read(*cell, "step_size")));
    if (figure.series.empty()) continue;
    figure.group = "Step size over time";
    figure.stem = fmt::format("step-size-{}", file_stem(setting.title));
    figure.title = fmt::format("Step size of the guidance: {}", setting.title);
    figure.x_label = "time t / T";
    figure.y_label = "step size";
    figure.caption = quartile_caption;
    figure.kind = FigureKind::bands;
    figure.log_y = true;
    figure.x_falls = true;
    figures.push_back(std::move(figure));
  }
  return figures;
}

std::vector<Figure> score_share_figures(const ResultsFile& file) {
  const CellLabels labels(file.cells());
  std::vector<Figure> figures;
  for (const CellResult& cell : file.cells()) {
    if (!file.has(cell, "prior_share")) continue;
    const std::string task = labels.task(cell);
    if (figures.empty() || figures.back().title != task) {
      figures.push_back(
          {.group = "Terms of the exact score",
           .stem = fmt::format("score-shares-{}", file_stem(task)),
           .title = task,
           .x_label = "time t / T",
           .y_label = "the prior term's share",
           .caption = std::string("Norm of the prior's term over the sum of both; the data's has the rest. ") +
                      quartile_caption,
           .kind = FigureKind::bands,
           .log_x = false,
           .log_y = false,
           .x_falls = true,
           .series = {},
           .mark = {}});
    }
    const std::string name = fmt::format("{}, σ_y = {}", labels.method_and_steps(cell), cell.text("sigma_y"));
    figures.back().series.push_back(quartile_series(name, file.read(cell, "prior_share")));
  }
  return figures;
}

std::vector<Figure> scatter_figures(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  std::vector<Figure> figures;
  for (const Setting& setting : settings_of(cells))
    for (const MetricEntry* metric : metrics_of(cells)) {
      const std::vector<const CellResult*> ranked = by_mean_loss(setting, *metric);
      if (ranked.size() < 2) continue;
      const PairedValues pairs = paired_values(*ranked[1], *ranked[0], metric->name);
      if (pairs.first.size() < 2) continue;
      Figure figure;
      figure.kind = FigureKind::scatter;
      figure.series = {{.title = "images", .x = pairs.first, .y = pairs.second, .lower = {}, .upper = {}}};
      figure.group = "Image by image";
      figure.stem = fmt::format("images-{}-{}", metric->name, file_stem(setting.title));
      figure.title = fmt::format("{}: {}", metric_head(*metric), setting.title);
      figure.x_label = labels.method_and_steps(*ranked[1]);
      figure.y_label = labels.method_and_steps(*ranked[0]);
      figure.caption = "The two best methods, image by image; the line is where they are equal.";
      figures.push_back(std::move(figure));
    }
  return figures;
}

std::vector<Figure> all_figures(const ResultsFile& file) {
  std::vector<Figure> figures = step_size_figures(file);
  for (const auto& more : {score_share_figures(file), steps_figures(file.cells()), noise_figures(file.cells()),
                           scan_figures(file.cells()), scatter_figures(file.cells())})
    figures.insert(figures.end(), more.begin(), more.end());
  std::map<std::string, int> met;  // two figures of one stem would be written to one file
  for (Figure& figure : figures)
    if (const int before = met[figure.stem]++; before > 0) figure.stem += fmt::format("-{}", before + 1);
  return figures;
}

}  // namespace dpsbench
