#include <fmt/format.h>

#include <cmath>

#include "metrics/statistics/interval.h"
#include "results/cells/cell_label.h"
#include "results/cells/frontier.h"
#include "results/cells/metric_columns.h"
#include "results/figures/figures.h"
#include "results/figures/metric_curves.h"
#include "results/files/file_stem.h"

namespace dpsbench {
namespace {

/// The frontier as a line through the means of the methods on it.
Series frontier_line(const MetricEntry& metric, const std::vector<const CellResult*>& cells) {
  Series line{.title = "unbeaten", .x = {}, .y = {}, .lower = {}, .upper = {}, .style = SeriesStyle::dashes};
  for (const CellResult* cell : frontier(metric, cells)) {
    line.x.push_back(evaluations_spent(*cell));
    line.y.push_back(mean_of(cell->image_values(metric.name)));
  }
  return line;
}

}  // namespace

std::vector<Figure> budget_figures(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  std::vector<Figure> figures;
  for (const Setting& setting : settings_of(cells)) {
    std::vector<const CellResult*> costed;  // those whose cost has a place on a logarithmic axis
    for (const CellResult* cell : setting.cells)
      if (evaluations_spent(*cell) > 0) costed.push_back(cell);
    for (const MetricEntry* metric : metrics_of(cells)) {
      Figure figure;
      figure.series = metric_curves(
          *metric, costed, [&](const CellResult& cell) { return labels.method(cell); }, evaluations_spent, true);
      if (figure.series.size() < 2) continue;
      figure.series.push_back(frontier_line(*metric, costed));
      figure.group = "Quality against cost";
      figure.stem = fmt::format("cost-{}-{}", metric->name, file_stem(setting.title));
      figure.title = setting.title;
      figure.x_label =
          fmt::format("evaluations of the network an image, a pass back as {}", costed.front()->text("pass_back_cost"));
      figure.y_label = metric_head(*metric);
      figure.caption =
          "Means over images with 95 % confidence intervals. Dashed: methods that no other equals for less.";
      figure.log_x = true;
      figures.push_back(std::move(figure));
    }
  }
  return figures;
}

}  // namespace dpsbench
