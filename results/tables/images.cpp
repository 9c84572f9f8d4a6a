#include "results/tables/images.h"

#include <cmath>

#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"

namespace dpsbench {

Table image_table(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  const std::vector<const MetricEntry*> metrics = metrics_of(cells);
  Table table;
  table.title = "Metrics of each image";
  table.columns = {{"method", "Method", ""}, {"image", "Image", ""}};
  for (const MetricEntry* metric : metrics) table.columns.push_back({metric->name, metric_head(*metric), ""});
  for (const Setting& setting : settings_of(cells)) {
    TableSection section{setting.title, {}};
    for (const CellResult* cell : setting.cells) {
      const std::string label = labels.method_and_steps(*cell);
      std::vector<std::vector<double>> values;
      for (const MetricEntry* metric : metrics) values.push_back(cell->image_values(metric->name));
      for (std::size_t row = 0; row < cell->image_ids.size(); ++row) {
        std::vector<TableEntry> entries = {TableEntry::words(label), TableEntry::words(cell->image_ids[row])};
        for (std::size_t k = 0; k < metrics.size(); ++k)
          entries.push_back(TableEntry::number(values[k].empty() ? NAN : values[k][row], metrics[k]->decimals));
        section.rows.push_back(std::move(entries));
      }
    }
    table.sections.push_back(std::move(section));
  }
  return table;
}

}  // namespace dpsbench
