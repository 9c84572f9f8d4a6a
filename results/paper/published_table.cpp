#include "results/paper/published_table.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"
#include "results/paper/layout.h"
#include "results/paper/published.h"

namespace dpsbench {
namespace {

constexpr const char* prefix = "published-";

/// Those metrics of which the paper has a number in some row, in our order.
std::vector<const MetricEntry*> metrics_of_paper(const std::vector<const PublishedRow*>& rows) {
  std::vector<const MetricEntry*> metrics;
  for (const char* name : {"psnr", "ssim", "lpips", "lpips_vgg_max"})
    if (std::ranges::any_of(rows, [&](const PublishedRow* row) { return row->metrics.contains(name); }))
      metrics.push_back(&find_metric(name));
  return metrics;
}

/// Published, ours and the difference of each metric.
std::vector<TableEntry> compared(const PublishedRow& row, const CellResult* ours, const std::string& label,
                                 const std::vector<const MetricEntry*>& metrics) {
  std::vector<TableEntry> entries = {TableEntry::words(label)};
  for (const MetricEntry* metric : metrics) {
    const auto found = row.metrics.find(metric->name);
    const double published = found == row.metrics.end() ? NAN : found->second;
    const TableEntry mean =
        ours == nullptr ? TableEntry::number(NAN, metric->decimals) : metric_entries(*metric, {ours}, false).front();
    const int decimals = metric->name == "psnr" ? 2 : 3;  // as papers print them
    TableEntry difference = TableEntry::number(mean.value - published, decimals);
    difference.signed_value = true;
    entries.insert(entries.end(), {TableEntry::number(published, decimals), mean, difference});
  }
  return entries;
}

}  // namespace

std::vector<std::string> published_layouts() {
  std::vector<std::string> names;
  for (const std::string& paper : published_papers()) names.push_back(prefix + paper);
  return names;
}

Table table_beside_published(const std::string& layout, const std::vector<CellResult>& cells) {
  const std::vector<std::string> layouts = published_layouts();
  if (std::ranges::find(layouts, layout) == layouts.end())
    throw UserError("tables: there is no layout '{}'; allowed: {}", layout, fmt::join(layouts, ", "));
  const std::string paper = layout.substr(std::string(prefix).size());
  std::vector<const PublishedRow*> rows;
  for (const PublishedRow& row : published_rows())
    if (row.paper == paper) rows.push_back(&row);
  const std::vector<const MetricEntry*> metrics = metrics_of_paper(rows);
  Table table;
  const bool same_prior = std::ranges::all_of(cells, is_paper_prior);
  table.title = "Beside " + published_citation(paper) + (same_prior ? "" : " — with another prior");
  table.columns = {{"method", "Method", ""}};
  for (const MetricEntry* metric : metrics)
    for (const auto& [key, title] : {std::pair{"_published", "published"}, {"", "ours"}, {"_difference", "ours − it"}})
      table.columns.push_back({metric->name + key, title, metric_head(*metric)});
  const CellLabels labels(cells);
  for (const Setting& setting : settings_of(cells)) {
    TableSection section{setting.title, {}};
    for (const PublishedRow* row : rows) {
      if (!is_of_setting(*row, *setting.cells.front())) continue;
      bool met = false;
      for (const CellResult* cell : setting.cells)
        if (cell->text("method") == row->method) {
          section.rows.push_back(compared(*row, cell, labels.method_and_steps(*cell), metrics));
          met = true;
        }
      if (!met) section.rows.push_back(compared(*row, nullptr, row->method, metrics));
    }
    if (!section.rows.empty()) table.sections.push_back(std::move(section));
  }
  table.notes = metric_notes(metrics);
  for (const std::string& note : provenance_notes(cells)) table.notes.push_back(note);
  if (!same_prior) table.notes.emplace_back("The prior is not the paper's: its numbers are no yardstick for these.");
  table.notes.push_back("Published: " + published_remark(paper));
  table.notes.emplace_back(
      "No verdict is given: the published means come without intervals, and neither their images nor the settings in "
      "which the authors ran other groups' methods are known to be ours.");
  return table;
}

}  // namespace dpsbench
