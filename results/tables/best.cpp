#include "results/tables/best.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "results/cells/metric_columns.h"
#include "results/cells/scanned_options.h"

namespace dpsbench {
namespace {

constexpr std::size_t most_listed = 4;  // of the values that tie

/// The cells of a setting by their method, in order of appearance.
std::vector<std::vector<const CellResult*>> by_method(const Setting& setting) {
  std::vector<std::vector<const CellResult*>> groups;
  for (const CellResult* cell : setting.cells) {
    const auto same = [&](const auto& group) { return group.front()->text("method") == cell->text("method"); };
    const auto found = std::ranges::find_if(groups, same);
    if (found == groups.end())
      groups.push_back({cell});
    else
      found->push_back(cell);
  }
  return groups;
}

std::string listed(const std::vector<std::string>& names) {
  if (names.empty()) return "none";
  const std::vector<std::string> first(
      names.begin(), names.begin() + static_cast<std::ptrdiff_t>(std::min(names.size(), most_listed)));
  const std::string text = fmt::format("{}", fmt::join(first, "; "));
  return names.size() > most_listed ? fmt::format("{}; {} more", text, names.size() - most_listed) : text;
}

/// The place of the best entry: the one marked so, or where the metric aims at a value the nearest. None: past the end.
std::size_t best_of(const MetricEntry& metric, const std::vector<TableEntry>& entries) {
  std::size_t best = entries.size();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    if (metric.better != Better::near_target && entries[i].emphasis != Emphasis::best) continue;
    if (!std::isfinite(entries[i].value)) continue;
    if (best == entries.size() || metric.loss(entries[i].value) < metric.loss(entries[best].value)) best = i;
  }
  return best;
}

/// The row of one metric; empty where no value is best (the metric is not there, or not finite).
std::vector<TableEntry> best_row(const MetricEntry& metric, const std::vector<const CellResult*>& cells,
                                 const CellLabels& labels) {
  const std::vector<TableEntry> entries = metric_entries(metric, cells, true);
  std::vector<std::string> tied;
  const CellResult* best = nullptr;
  TableEntry value;
  const std::size_t chosen = best_of(metric, entries);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (i != chosen && entries[i].emphasis == Emphasis::tied) tied.push_back(labels.method_and_steps(*cells[i]));
    if (i != chosen) continue;
    best = cells[i];
    value = entries[i];
    value.emphasis = Emphasis::none;
  }
  if (best == nullptr) return {};
  return {TableEntry::words(metric_head(metric)), TableEntry::words(labels.method_and_steps(*best)), value,
          TableEntry::words(listed(tied))};
}

}  // namespace

Table best_table(const std::string& title, const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  const std::vector<const MetricEntry*> metrics = metrics_of(cells);
  Table table;
  table.title = title.empty() ? "Best values" : title + ": best values";
  table.columns = {{"metric", "Metric", ""}, {"best", "Best", ""}, {"value", "Value", ""}, {"tied", "Not worse", ""}};
  for (const Setting& setting : settings_of(cells)) {
    TableSection section{setting.title, {}};
    for (const auto& group : by_method(setting)) {
      if (scanned_options(group).empty()) continue;
      for (const MetricEntry* metric : metrics)
        if (auto row = best_row(*metric, group, labels); !row.empty()) section.rows.push_back(std::move(row));
    }
    if (!section.rows.empty()) table.sections.push_back(std::move(section));
  }
  table.notes = {
      "Best: the scanned value of a method with the best mean, with its 95 % confidence interval over the images.",
      "Not worse: values that multiple comparisons with the best on the same images (5 %) cannot tell from it; where a "
      "metric aims at a value, those whose interval holds it.",
      "The best of many values flatters itself: choose on other images than those it is reported on."};
  for (const auto& more : {sample_notes(metrics), group_notes(cells)})
    table.notes.insert(table.notes.end(), more.begin(), more.end());
  return table;
}

}  // namespace dpsbench
