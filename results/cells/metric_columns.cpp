#include "results/cells/metric_columns.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "results/cells/comparison.h"
#include "results/cells/verdict.h"

namespace dpsbench {
namespace {

/// Emphasises the best and the tied; of a metric that aims at a value those whose interval holds it.
void emphasise(const MetricEntry& metric, const std::vector<const CellResult*>& cells,
               std::vector<TableEntry>& entries) {
  if (metric.better == Better::near_target) {
    for (TableEntry& entry : entries)
      if (std::abs(entry.value - metric.target) <= entry.half_width) entry.emphasis = Emphasis::tied;
    return;
  }
  std::vector<std::size_t> places;  // of those that are compared
  std::vector<const CellResult*> judged;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (is_given_original(*cells[i])) continue;
    places.push_back(i);
    judged.push_back(cells[i]);
  }
  if (judged.empty()) return;
  const auto compared = compare_cells(metric, judged);
  for (std::size_t k = 0; k < judged.size(); ++k) {
    if (!compared[k]) continue;
    TableEntry& entry = entries[places[k]];
    if (compared[k]->standing == Standing::best) entry.emphasis = Emphasis::best;
    if (compared[k]->standing == Standing::tied) entry.emphasis = Emphasis::tied;
  }
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
    const MeanInterval interval = cell_interval(*cell, metric.name);
    entries.push_back(TableEntry::number(interval.mean, metric.decimals, interval.half_width));
  }
  if (compared) emphasise(metric, cells, entries);
  return entries;
}

std::vector<std::string> metric_notes(const std::vector<const MetricEntry*>& metrics) {
  std::vector<std::string> notes = {
      "Means over images; ± is the half-width of the 95 % confidence interval of the mean (Student t).",
      "Best of a setting: bold. Underlined: not distinguishable from the best on the images that both have (multiple "
      "comparisons with the best by flips of sign, 5 % over all methods of the setting; with fewer than six images "
      "nothing is distinguishable)."};
  const auto aims = [](const MetricEntry* metric) { return metric->better == Better::near_target; };
  if (std::ranges::any_of(metrics, aims))
    notes.emplace_back(
        "Where a metric aims at a value (→), underlined: the interval of the mean holds it. None is best.");
  for (const std::string& note : sample_notes(metrics)) notes.push_back(note);
  for (const MetricEntry* metric : metrics) notes.push_back(fmt::format("{}: {}", metric->title, metric->convention));
  return notes;
}

std::vector<std::string> sample_notes(const std::vector<const MetricEntry*>& metrics) {
  if (std::ranges::find(metrics, "psnr", &MetricEntry::name) == metrics.end()) return {};
  return {
      "A sample of the exact posterior has on average twice the squared error of the posterior's mean: what draws one "
      "sample may have up to 3.01 dB less PSNR than what aims at the mean, and be right."};
}

std::vector<std::string> group_notes(const std::vector<CellResult>& cells) {
  std::set<std::string> images;
  std::set<std::string> groups;
  for (const CellResult& cell : cells) {
    if (cell.image_groups.empty()) continue;
    images.insert(cell.image_ids.begin(), cell.image_ids.end());
    groups.insert(cell.image_groups.begin(), cell.image_groups.end());
  }
  if (groups.empty()) return {};
  return {fmt::format("Images that belong together: {} images in {} groups. Intervals and comparisons count groups.",
                      images.size(), groups.size())};
}

std::vector<std::string> provenance_notes(const std::vector<CellResult>& cells) {
  std::vector<std::string> notes = {
      fmt::format("Data set: {}. Prior: {}.", distinct(cells, "dataset"), distinct(cells, "prior")),
      fmt::format("Seed {}, {}. Measurement noise on hidden pixels: {}.", distinct(cells, "seed"),
                  distinct(cells, "precision"), distinct(cells, "hidden_noise"))};
  for (const std::string& note : group_notes(cells)) notes.push_back(note);
  for (const CellResult& cell : cells) {
    const auto done = cell.text("images_done");
    const auto planned = cell.text("images_planned");
    const std::size_t failed = cell.failed_images().size();
    if (done != planned)
      notes.push_back(fmt::format("Unfinished: {} has {} of {} images{}.", cell.id, done, planned,
                                  failed == 0 ? "" : fmt::format("; {} failed", failed)));
  }
  return notes;
}

}  // namespace dpsbench
