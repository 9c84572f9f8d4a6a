#include "results/tables/board_differences.h"

#include <algorithm>
#include <cmath>

#include "results/cells/cell_label.h"
#include "results/cells/comparison.h"
#include "results/cells/metric_columns.h"
#include "results/cells/row_names.h"
#include "results/cells/verdict.h"

namespace dpsbench {
namespace {

TableEntry difference_entry(const MetricEntry& metric, const ComparedCell& cell) {
  TableEntry entry = TableEntry::number(cell.difference.mean, metric.decimals, cell.difference.half_width);
  if (cell.standing == Standing::best) {
    entry = TableEntry::number(0, metric.decimals);
    entry.emphasis = Emphasis::best;
    return entry;
  }
  entry.signed_value = true;
  if (cell.standing == Standing::tied) entry.emphasis = Emphasis::tied;
  return entry;
}

TableSection metric_section(const MetricEntry& metric, const std::vector<Setting>& settings, const CellLabels& labels) {
  TableSection section{metric_head(metric), {}};
  const auto row_named = [&](const std::string& name) -> std::vector<TableEntry>& {
    const auto found = std::ranges::find_if(section.rows, [&](const auto& row) { return row[0].text == name; });
    if (found != section.rows.end()) return *found;
    section.rows.push_back({TableEntry::words(name)});
    section.rows.back().resize(1 + settings.size(), TableEntry::number(NAN, metric.decimals));
    return section.rows.back();
  };
  for (std::size_t at = 0; at < settings.size(); ++at) {
    std::vector<const CellResult*> cells;
    for (const CellResult* cell : settings[at].cells)
      if (!says_nothing(*cell)) cells.push_back(cell);
    const auto compared = compare_cells(metric, cells);
    for (std::size_t k = 0; k < cells.size(); ++k)
      for (const std::string& name : row_names(*cells[k], cells, labels)) {
        std::vector<TableEntry>& row = row_named(name);
        if (compared[k]) row[1 + at] = difference_entry(metric, *compared[k]);
      }
  }
  return section;
}

}  // namespace

Table board_differences(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  const std::vector<Setting> settings = settings_of(cells);
  Table table;
  table.title = "Board: differences from the best of each setting";
  table.columns = {{"method", "Method", ""}};
  for (const Setting& setting : settings)
    table.columns.push_back({setting.title, setting.title, "difference from the best"});
  for (const MetricEntry* metric : metrics_of(cells)) {
    if (settings.size() < 2 || metric->better == Better::near_target) continue;
    TableSection section = metric_section(*metric, settings, labels);
    if (section.rows.size() >= 3) table.sections.push_back(std::move(section));
  }
  table.notes = {
      "Mean of method - best over the images that both have; ± is the half-width of its 95 % confidence interval. "
      "Bold: "
      "the best; underlined: not distinguishable from it (multiple comparisons with the best by flips of sign)."};
  for (const std::string& note : group_notes(cells)) table.notes.push_back(note);
  return table;
}

}  // namespace dpsbench
