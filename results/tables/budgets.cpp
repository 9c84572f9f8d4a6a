#include "results/tables/budgets.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "results/cells/cell_label.h"
#include "results/cells/frontier.h"
#include "results/cells/metric_columns.h"
#include "results/tables/coding_numbers.h"
#include "results/tables/cost_numbers.h"

namespace dpsbench {
namespace {

/// The titles of the metrics by which a cell is on the frontier: "PSNR, SSIM".
std::string frontiers_of(const CellResult* cell, const std::vector<const CellResult*>& cells,
                         const std::vector<const MetricEntry*>& metrics) {
  std::vector<std::string> titles;
  for (const MetricEntry* metric : metrics) {
    const std::vector<const CellResult*> unbeaten = frontier(*metric, cells);
    if (std::ranges::find(unbeaten, cell) != unbeaten.end()) titles.push_back(metric->title);
  }
  return fmt::format("{}", fmt::join(titles, ", "));
}

}  // namespace

Table budget_table(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  const std::vector<const MetricEntry*> metrics = metrics_of(cells);
  Table table;
  table.title = "Quality against cost";
  table.columns = {{"method", "Method", ""}};
  for (const MetricEntry* metric : metrics) table.columns.push_back({metric->name, metric_head(*metric), ""});
  const bool coding = of_latents(cells);
  std::vector<TableColumn> costs = {{"network_evaluations", "NFE", ""}, {"passes_back", "Passes back", ""}};
  if (coding) std::ranges::copy(coding_columns(), std::back_inserter(costs));
  for (const TableColumn& column : {TableColumn{"evaluations_spent", "Evaluations", ""},
                                    {"seconds_per_image", "s/image", ""},
                                    {"megabytes_per_image", "MB/image", ""},
                                    {"frontier", "Unbeaten", ""}})
    costs.push_back(column);
  std::ranges::copy(costs, std::back_inserter(table.columns));
  for (const Setting& setting : settings_of(cells)) {
    if (std::ranges::none_of(setting.cells,
                             [](const CellResult* cell) { return cell->attributes.contains("passes_back"); }))
      continue;
    TableSection section{setting.title, {}};
    for (const CellResult* cell : setting.cells)
      section.rows.push_back({TableEntry::words(labels.method_and_steps(*cell))});
    for (const MetricEntry* metric : metrics) {
      const std::vector<TableEntry> entries = metric_entries(*metric, setting.cells, false);
      for (std::size_t i = 0; i < entries.size(); ++i) section.rows[i].push_back(entries[i]);
    }
    for (std::size_t i = 0; i < setting.cells.size(); ++i) {
      const CellResult& cell = *setting.cells[i];
      const double seconds = cell.number("seconds") / static_cast<double>(cell.image_ids.size());
      auto& row = section.rows[i];
      row.push_back(TableEntry::number(cell.number("network_evaluations"), 0));
      row.push_back(TableEntry::number(number_or_nan(cell, "passes_back"), 0));
      if (coding) std::ranges::copy(coding_entries(cell), std::back_inserter(row));
      row.push_back(TableEntry::number(evaluations_spent(cell), 0));
      row.push_back(TableEntry::number(seconds, 2));
      row.push_back(TableEntry::number(number_or_nan(cell, "peak_bytes_an_image") / megabyte, 1));
      row.push_back(TableEntry::words(frontiers_of(&cell, setting.cells, metrics)));
    }
    table.sections.push_back(std::move(section));
  }
  const auto told =
      std::ranges::find_if(cells, [](const CellResult& cell) { return cell.attributes.contains("pass_back_cost"); });
  table.notes = {fmt::format("{} Evaluations: NFE and {} for each pass back.", nfe_note(cells),
                             told == cells.end() ? "so many" : told->text("pass_back_cost")),
                 "s/image: wall time of sampling, this machine's. MB/image: tensors alive at a time in a unit over its "
                 "images, without weights and libraries' scratch memory.",
                 "Unbeaten: by these metrics' means no other method of the setting is as good for fewer evaluations."};
  if (coding) table.notes.push_back(coding_note(cells));
  return table;
}

}  // namespace dpsbench
