#include "results/cells/metric_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "metrics/statistics/interval.h"
#include "metrics/statistics/standing.h"

namespace dpsbench {
namespace {

bool all_finite(const std::vector<double>& values) {
  return std::ranges::all_of(values, [](double value) { return std::isfinite(value); });
}

/// Emphasises the best and the tied among those cells that have finite values of the metric.
void emphasise(const MetricEntry& metric, const std::vector<const CellResult*>& cells,
               std::vector<TableEntry>& entries) {
  std::vector<std::vector<double>> losses;
  std::vector<std::size_t> owners;
  std::vector<std::vector<double>> values = common_values(cells, metric.name);
  for (std::size_t k = 0; k < values.size(); ++k) {
    if (values[k].empty() || !all_finite(values[k])) continue;
    for (double& value : values[k]) value = metric.loss(value);
    losses.push_back(std::move(values[k]));
    owners.push_back(k);
  }
  if (losses.size() < 2) return;  // nothing to compare with
  const std::vector<Standing> found = standings(losses);
  for (std::size_t i = 0; i < found.size(); ++i)
    entries[owners[i]].emphasis = found[i] == Standing::best   ? Emphasis::best
                                  : found[i] == Standing::tied ? Emphasis::tied
                                                               : Emphasis::none;
}

std::string distinct(const std::vector<CellResult>& cells, const std::string& attribute) {
  std::set<std::string> values;
  for (const CellResult& cell : cells)
    if (const std::string text = cell.text(attribute); !text.empty()) values.insert(text);
  return fmt::format("{}", fmt::join(values, "; "));
}

}  // namespace

std::vector<const MetricEntry*> metrics_of(const std::vector<CellResult>& cells) {
  std::vector<const MetricEntry*> found;
  for (const MetricEntry& metric : metrics())
    if (std::ranges::any_of(cells, [&](const CellResult& cell) { return cell.metrics.contains(metric.name); }))
      found.push_back(&metric);
  return found;
}

std::string metric_head(const MetricEntry& metric) {
  const std::string title = metric.unit.empty() ? metric.title : fmt::format("{} ({})", metric.title, metric.unit);
  switch (metric.better) {
    case Better::higher:
      return title + " ↑";
    case Better::lower:
      return title + " ↓";
    case Better::near_target:
      return fmt::format("{} → {}", title, metric.target);
  }
  return title;
}

std::vector<TableEntry> metric_entries(const MetricEntry& metric, const std::vector<const CellResult*>& cells,
                                       bool compared) {
  std::vector<TableEntry> entries;
  for (const CellResult* cell : cells) {
    const MeanInterval interval = mean_interval(cell->image_values(metric.name));
    entries.push_back(TableEntry::number(interval.mean, metric.decimals, interval.half_width));
  }
  if (compared) emphasise(metric, cells, entries);
  return entries;
}

std::vector<std::string> metric_notes(const std::vector<const MetricEntry*>& metrics) {
  std::vector<std::string> notes = {
      "Means over images; ± is the half-width of the 95 % confidence interval of the mean (Student t).",
      "Best of a setting: bold. Underlined: not distinguishable from the best by paired t-tests on the same images "
      "(Holm, 5 %)."};
  for (const MetricEntry* metric : metrics) notes.push_back(fmt::format("{}: {}", metric->title, metric->convention));
  return notes;
}

std::vector<std::string> provenance_notes(const std::vector<CellResult>& cells) {
  std::vector<std::string> notes = {
      fmt::format("Data set: {}. Prior: {}.", distinct(cells, "dataset"), distinct(cells, "prior")),
      fmt::format("Seed {}, {}. Measurement noise on hidden pixels: {}.", distinct(cells, "seed"),
                  distinct(cells, "precision"), distinct(cells, "hidden_noise"))};
  for (const CellResult& cell : cells) {
    const auto done = cell.text("images_done");
    const auto planned = cell.text("images_planned");
    if (done != planned) notes.push_back(fmt::format("Unfinished: {} has {} of {} images.", cell.id, done, planned));
  }
  return notes;
}

}  // namespace dpsbench
