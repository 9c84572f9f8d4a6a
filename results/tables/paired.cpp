#include "results/tables/paired.h"

#include <cmath>

#include "results/cells/cell_label.h"
#include "results/cells/comparison.h"
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

Differences differences_of(const Setting& setting, const MetricEntry& metric) {
  const TableEntry nothing = TableEntry::number(NAN, metric.decimals);
  Differences found{{setting.cells.size(), nothing}, {setting.cells.size(), nothing}};
  const auto compared = compare_cells(metric, setting.cells);
  for (std::size_t k = 0; k < compared.size(); ++k) {
    if (!compared[k]) continue;
    if (compared[k]->standing == Standing::best) {
      found.difference[k] = TableEntry::words("best");
      continue;
    }
    const MeanInterval& difference = compared[k]->difference;
    if (difference.groups < 2) continue;
    found.difference[k] = TableEntry::number(difference.mean, metric.decimals, difference.half_width);
    found.difference[k].signed_value = true;
    found.p_value[k] = TableEntry::p_value(compared[k]->p_value);
    found.any = true;
  }
  return found;
}

}  // namespace

Table paired_table(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  std::vector<const MetricEntry*> metrics = metrics_of(cells);
  std::erase_if(metrics, [](const MetricEntry* metric) { return metric->better == Better::near_target; });
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
      "Mean of method - best over the images that both have; ± is the half-width of its 95 % confidence interval "
      "(Student t on the differences).",
      "p: that the method is as good as the best, by flips of sign of the images, the choice of the best and the "
      "number "
      "of methods of the setting accounted for. Metrics that aim at a value have no best: see the summary."};
  for (const auto& more : {sample_notes(metrics), group_notes(cells)})
    table.notes.insert(table.notes.end(), more.begin(), more.end());
  return table;
}

}  // namespace dpsbench
