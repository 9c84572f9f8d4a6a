#include <fmt/format.h>

#include <map>

#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"
#include "results/figures/figures.h"
#include "results/figures/metric_curves.h"
#include "results/files/file_stem.h"

namespace dpsbench {
namespace {

constexpr const char* interval_caption = "Means over images with 95 % confidence intervals.";

}  // namespace

std::vector<Figure> steps_figures(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  std::vector<Figure> figures;
  for (const Setting& setting : settings_of(cells))
    for (const MetricEntry* metric : metrics_of(cells)) {
      std::vector<const CellResult*> with_steps;
      for (const CellResult* cell : setting.cells)
        if (cell->attributes.contains("method.steps")) with_steps.push_back(cell);
      Figure figure;
      figure.series = metric_curves(
          *metric, with_steps, [&](const CellResult& cell) { return labels.method(cell); },
          [](const CellResult& cell) { return cell.number("method.steps"); }, true);
      if (!has_curve(figure.series)) continue;
      figure.group = "Against the number of steps";
      figure.stem = fmt::format("steps-{}-{}", metric->name, file_stem(setting.title));
      figure.title = setting.title;
      figure.x_label = "steps";
      figure.y_label = metric_head(*metric);
      figure.caption = interval_caption;
      figure.log_x = true;
      figures.push_back(std::move(figure));
    }
  return figures;
}

std::vector<Figure> noise_figures(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  std::vector<std::string> tasks;
  std::map<std::string, std::vector<const CellResult*>> of_task;
  for (const CellResult& cell : cells) {
    const std::string task = labels.task(cell);
    if (of_task[task].empty()) tasks.push_back(task);
    of_task[task].push_back(&cell);
  }
  std::vector<Figure> figures;
  for (const std::string& task : tasks)
    for (const MetricEntry* metric : metrics_of(cells)) {
      Figure figure;
      figure.series = metric_curves(
          *metric, of_task[task], [&](const CellResult& cell) { return labels.method_and_steps(cell); },
          [](const CellResult& cell) { return cell.number("sigma_y"); }, false);
      if (!has_curve(figure.series)) continue;
      figure.group = "Against the noise level";
      figure.stem = fmt::format("noise-{}-{}", metric->name, file_stem(task));
      figure.title = task;
      figure.x_label = "σ_y";
      figure.y_label = metric_head(*metric);
      figure.caption = interval_caption;
      figure.log_x = true;
      figures.push_back(std::move(figure));
    }
  return figures;
}

}  // namespace dpsbench
