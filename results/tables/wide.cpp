#include "results/tables/wide.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"
#include "results/cells/row_names.h"
#include "results/files/file_stem.h"

namespace dpsbench {
namespace {

/// The methods' rows and, for each, its names: with the number of steps where a method has several.
std::vector<std::string> names_of(const CellResult& cell, const Setting& setting, const CellLabels& labels) {
  std::vector<std::string> names = row_names(cell, setting.cells, labels);
  const std::string with_steps = labels.method_and_steps(cell);
  if (names.size() == 1 && with_steps.starts_with(names[0])) names[0] = with_steps;
  return names;
}

}  // namespace

Table wide_table(const std::string& title, const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  const std::vector<const MetricEntry*> metrics = metrics_of(cells);
  const std::vector<Setting> settings = settings_of(cells);
  Table table;
  table.title = title + ": all methods in all settings";
  table.columns = {{"method", "Method", ""}};
  for (const Setting& setting : settings)
    for (const MetricEntry* metric : metrics)
      table.columns.push_back(
          {fmt::format("{}_{}", file_stem(setting.title), metric->name), metric_head(*metric), setting.title});
  if (settings.size() < 2 || metrics.empty()) return table;

  TableSection section;
  const auto row_named = [&](const std::string& name) -> std::vector<TableEntry>& {
    const auto found = std::ranges::find_if(section.rows, [&](const auto& row) { return row[0].text == name; });
    if (found != section.rows.end()) return *found;
    section.rows.push_back({TableEntry::words(name)});
    for (std::size_t at = 0; at < settings.size(); ++at)
      for (const MetricEntry* metric : metrics)
        section.rows.back().push_back(TableEntry::number(NAN, metric->decimals));
    return section.rows.back();
  };
  for (std::size_t at = 0; at < settings.size(); ++at)
    for (std::size_t k = 0; k < metrics.size(); ++k) {
      const std::vector<TableEntry> entries = metric_entries(*metrics[k], settings[at].cells, true);
      for (std::size_t i = 0; i < entries.size(); ++i)
        for (const std::string& name : names_of(*settings[at].cells[i], settings[at], labels))
          row_named(name).at(1 + at * metrics.size() + k) = entries[i];
    }
  table.sections.push_back(std::move(section));
  table.notes = metric_notes(metrics);
  for (const std::string& note : provenance_notes(cells)) table.notes.push_back(note);
  return table;
}

}  // namespace dpsbench
