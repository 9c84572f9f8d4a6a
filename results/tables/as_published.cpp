#include "results/tables/as_published.h"

#include <fmt/format.h>

#include <map>

#include "results/cells/comparison.h"
#include "results/cells/metric_columns.h"

namespace dpsbench {
namespace {

constexpr const char* switch_name = "method.as_published";

struct Variants {
  const CellResult* corrected = nullptr;
  const CellResult* published = nullptr;
};

/// The cells that have the switch, by all the rest of what their methods are.
std::map<std::string, Variants> variants_of(const Setting& setting) {
  std::map<std::string, Variants> found;
  for (const CellResult* cell : setting.cells) {
    if (!cell->attributes.contains(switch_name)) continue;
    std::string rest = cell->text("method");
    for (const auto& [name, value] : cell->attributes)
      if (name.starts_with("method.") && name != switch_name) rest += fmt::format(" {}={}", name, cell->text(name));
    (cell->text(switch_name) == "true" ? found[rest].published : found[rest].corrected) = cell;
  }
  std::erase_if(found, [](const auto& item) { return !item.second.corrected || !item.second.published; });
  return found;
}

TableEntry difference(const MetricEntry& metric, const Variants& variants) {
  const PairedValues pairs = paired_values(*variants.corrected, *variants.published, metric.name);
  if (pairs.first.empty()) return TableEntry::words("");
  std::vector<double> differences;
  for (std::size_t i = 0; i < pairs.first.size(); ++i) differences.push_back(pairs.first[i] - pairs.second[i]);
  const MeanInterval interval = mean_interval(differences, pairs.groups);
  TableEntry entry = TableEntry::number(interval.mean, metric.decimals, interval.half_width);
  entry.signed_value = true;
  return entry;
}

}  // namespace

Table published_table(const std::string& title, const std::vector<CellResult>& cells) {
  const std::vector<const MetricEntry*> metrics = metrics_of(cells);
  Table table;
  table.title = title.empty() ? "Corrected against published" : title + ": corrected - as published";
  table.columns = {{"method", "Method", ""}, {"steps", "Steps", ""}};
  for (const MetricEntry* metric : metrics) table.columns.push_back({metric->name, metric_head(*metric), ""});
  for (const Setting& setting : settings_of(cells)) {
    TableSection section{setting.title, {}};
    for (const auto& [rest, variants] : variants_of(setting)) {
      section.rows.push_back({TableEntry::words(variants.corrected->text("method")),
                              TableEntry::words(variants.corrected->text("method.steps"))});
      for (const MetricEntry* metric : metrics) section.rows.back().push_back(difference(*metric, variants));
    }
    if (!section.rows.empty()) table.sections.push_back(std::move(section));
  }
  table.notes = {
      "The mean over the images of the metric with the corrected method minus that with the authors' code to the "
      "letter, on the same measurement and noise, with its 95 % confidence interval."};
  for (const auto& more : {sample_notes(metrics), group_notes(cells)})
    table.notes.insert(table.notes.end(), more.begin(), more.end());
  return table;
}

}  // namespace dpsbench
