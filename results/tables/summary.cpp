#include "results/tables/summary.h"

#include <fmt/format.h>

#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"

namespace dpsbench {
namespace {

TableSection section_of(const Setting& setting, const CellLabels& labels,
                        const std::vector<const MetricEntry*>& metrics) {
  TableSection section{setting.title, {}};
  for (const CellResult* cell : setting.cells)
    section.rows.push_back({TableEntry::words(labels.method(*cell)), TableEntry::words(cell->text("method.steps"))});
  for (const MetricEntry* metric : metrics) {
    const std::vector<TableEntry> entries = metric_entries(*metric, setting.cells, true);
    for (std::size_t i = 0; i < entries.size(); ++i) section.rows[i].push_back(entries[i]);
  }
  for (std::size_t i = 0; i < setting.cells.size(); ++i) {
    const CellResult& cell = *setting.cells[i];
    const auto images = static_cast<double>(cell.image_ids.size());
    section.rows[i].push_back(TableEntry::number(cell.number("network_evaluations"), 0));
    section.rows[i].push_back(TableEntry::number(cell.number("seconds") / images, 2));
    section.rows[i].push_back(TableEntry::number(images, 0));
  }
  return section;
}

}  // namespace

Table summary_table(const std::string& title, const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  const std::vector<const MetricEntry*> metrics = metrics_of(cells);
  Table table;
  table.title = title;
  table.columns = {{"method", "Method", ""}, {"steps", "Steps", ""}};
  for (const MetricEntry* metric : metrics) table.columns.push_back({metric->name, metric_head(*metric), ""});
  table.columns.push_back({"network_evaluations", "NFE", ""});
  table.columns.push_back({"seconds_per_image", "s/image", ""});
  table.columns.push_back({"images", "Images", ""});
  for (const Setting& setting : settings_of(cells)) table.sections.push_back(section_of(setting, labels, metrics));
  table.notes = metric_notes(metrics);
  for (const std::string& note : provenance_notes(cells)) table.notes.push_back(note);
  table.notes.emplace_back(
      "NFE: forward passes of the network for one image. s/image: wall time of sampling, this machine's.");
  return table;
}

}  // namespace dpsbench
