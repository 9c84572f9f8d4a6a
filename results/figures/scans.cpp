#include <fmt/format.h>

#include <set>

#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"
#include "results/cells/scanned_options.h"
#include "results/figures/figures.h"
#include "results/figures/metric_curves.h"
#include "results/files/file_stem.h"

namespace dpsbench {
namespace {

/// What tells apart the curves of a scan: every other option that varies.
std::string rest_of(const CellResult& cell, const std::string& scanned, const std::set<std::string>& varying) {
  std::vector<std::string> parts;
  for (const std::string& name : varying)
    if (name != scanned) parts.push_back(fmt::format("{} {}", name.substr(7), cell.text(name)));
  return (parts.empty() ? cell.text("method") : fmt::format("{}", fmt::join(parts, ", "))) + run_label(cell);
}

void add_scan_figures(const Setting& setting, const std::string& method, const std::vector<const MetricEntry*>& metrics,
                      std::vector<Figure>& figures) {
  std::vector<const CellResult*> cells;
  for (const CellResult* cell : setting.cells)
    if (cell->text("method") == method) cells.push_back(cell);
  std::set<std::string> varying = scanned_options(cells);
  const std::set<std::string> scanned = varying;
  std::set<std::string> steps;
  for (const CellResult* cell : cells) steps.insert(cell->text("method.steps"));
  if (steps.size() > 1) varying.insert("method.steps");
  for (const std::string& option : scanned)
    for (const MetricEntry* metric : metrics) {
      Figure figure;
      figure.series = metric_curves(
          *metric, cells, [&](const CellResult& cell) { return rest_of(cell, option, varying); },
          [&](const CellResult& cell) { return cell.number(option); }, true);
      if (!has_curve(figure.series)) continue;
      const std::string name = option.substr(7);
      figure.stem =
          fmt::format("scan-{}-{}-{}-{}", file_stem(method), file_stem(name), metric->name, file_stem(setting.title));
      figure.group = "Scans of an option";
      figure.title = fmt::format("{}: {}", method, setting.title);
      figure.x_label = name;
      figure.y_label = metric_head(*metric);
      figure.caption = "Means over images with 95 % confidence intervals. The ring marks the best value.";
      figure.mark = best_point(*metric, figure.series);
      figures.push_back(std::move(figure));
    }
}

}  // namespace

std::vector<Figure> scan_figures(const std::vector<CellResult>& cells) {
  std::vector<Figure> figures;
  for (const Setting& setting : settings_of(cells)) {
    std::set<std::string> methods;
    for (const CellResult* cell : setting.cells)
      if (methods.insert(cell->text("method")).second)
        add_scan_figures(setting, cell->text("method"), metrics_of(cells), figures);
  }
  return figures;
}

}  // namespace dpsbench
