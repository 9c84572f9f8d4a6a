#include "results/tables/paired.h"

#include <algorithm>
#include <cmath>

#include "metrics/statistics/paired.h"
#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"

namespace dpsbench {
namespace {

/// The difference and its p value of each cell; nothing for cells without the metric or with values that are not
/// finite.
struct Differences {
  std::vector<TableEntry> difference;
  std::vector<TableEntry> p_value;
  bool any = false;
};

/// The cells whose values can be compared, as places in `values`.
std::vector<std::size_t> comparable(const std::vector<std::vector<double>>& values) {
  std::vector<std::size_t> places;
  for (std::size_t k = 0; k < values.size(); ++k)
    if (values[k].size() > 1 && std::ranges::all_of(values[k], [](double value) { return std::isfinite(value); }))
      places.push_back(k);
  return places;
}

Differences differences_of(const Setting& setting, const MetricEntry& metric) {
  auto losses = common_values(setting.cells, metric.name);
  for (auto& of_cell : losses)
    for (double& value : of_cell) value = metric.loss(value);
  const TableEntry nothing = TableEntry::number(NAN, metric.decimals);
  Differences found{{setting.cells.size(), nothing}, {setting.cells.size(), nothing}};
  const std::vector<std::size_t> places = comparable(losses);
  if (places.size() < 2) return found;
  const std::size_t best = *std::ranges::min_element(places, {}, [&](std::size_t k) { return mean_of(losses[k]); });
  const double sign = metric.better == Better::higher ? -1 : 1;  // from losses back to the metric
  std::vector<std::size_t> others;
  std::vector<double> p_values;
  for (const std::size_t place : places) {
    if (place == best) continue;
    const PairedComparison test = paired_comparison(losses[place], losses[best]);
    others.push_back(place);
    p_values.push_back(test.p_value);
    found.difference[place] =
        TableEntry::number(sign * test.difference.mean, metric.decimals, test.difference.half_width);
    found.difference[place].signed_value = true;
  }
  const std::vector<double> adjusted = holm_adjusted(p_values);
  for (std::size_t i = 0; i < others.size(); ++i) found.p_value[others[i]] = TableEntry::number(adjusted[i], 4);
  found.difference[best] = TableEntry::words("best");
  found.any = true;
  return found;
}

}  // namespace

Table paired_table(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  const std::vector<const MetricEntry*> metrics = metrics_of(cells);
  Table table;
  table.title = "Differences from the best, image by image";
  table.columns = {{"method", "Method", ""}};
  for (const MetricEntry* metric : metrics) {
    table.columns.push_back({metric->name + "_difference", "difference", metric_head(*metric)});
    table.columns.push_back({metric->name + "_p", "p", metric_head(*metric)});
  }
  for (const Setting& setting : settings_of(cells)) {
    TableSection section{setting.title, {}};
    for (const CellResult* cell : setting.cells)
      section.rows.push_back({TableEntry::words(labels.method_and_steps(*cell))});
    bool any = false;
    for (const MetricEntry* metric : metrics) {
      const Differences found = differences_of(setting, *metric);
      any = any || found.any;
      for (std::size_t i = 0; i < section.rows.size(); ++i) {
        section.rows[i].push_back(found.difference[i]);
        section.rows[i].push_back(found.p_value[i]);
      }
    }
    if (any) table.sections.push_back(std::move(section));
  }
  table.notes = {
      "Mean over the images that all methods of a setting have of method - best; ± is the half-width of its 95 % "
      "confidence interval (Student t on the differences).",
      "p: paired t-test of no difference, adjusted by Holm over the methods of the setting. For metrics "
      "that aim at a value the difference is that of the distances from it."};
  return table;
}

}  // namespace dpsbench
