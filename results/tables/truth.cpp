#include "results/tables/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "metrics/statistics/paired.h"
#include "results/cells/cell_label.h"
#include "results/cells/comparison.h"
#include "results/cells/metric_columns.h"
#include "results/cells/verdict.h"

namespace dpsbench {
namespace {

constexpr const char* control_method = "pseudo-inverse";

/// Excesses of one image in the settings gone through.
struct ImageSum {
  double sum = 0;
  double count = 0;
  std::string group = {};
};

/// One method over all settings.
struct MethodTotals {
  std::string label;
  double settings = 0;
  double ranks = 0;  ///< their sum
  bool no_verdict = false;
  double behind = 0;  ///< settings in which it is worse than the control
  std::map<const MetricEntry*, std::map<std::string, ImageSum>> excess;  ///< by image
};

const CellResult* cell_of(const Setting& setting, const std::string& method) {
  const auto found =
      std::ranges::find_if(setting.cells, [&](const CellResult* cell) { return cell->text("method") == method; });
  return found == setting.cells.end() ? nullptr : *found;
}

/// The loss of the mean: what a metric aims at holds for the mean over images, not for each of them.
double mean_loss(const CellResult& cell, const MetricEntry& metric) {
  return metric.loss(mean_of(cell.image_values(metric.name)));  // NaN without values
}

/// What each image adds to mean_loss().
double share_of_loss(const MetricEntry& metric, double value, double mean) {
  if (metric.better != Better::near_target) return metric.loss(value);
  return mean < metric.target ? metric.target - value : value - metric.target;
}

/// Whether the method's loss is greater than the other's on the same images, beyond a paired 95 % interval.
bool is_worse(const CellResult& cell, const CellResult& other, const MetricEntry& metric) {
  PairedValues losses = paired_values(cell, other, metric.name);
  if (losses.first.empty()) return false;
  for (auto* of_cell : {&losses.first, &losses.second}) {
    const double mean = mean_of(*of_cell);
    for (double& value : *of_cell) {
      value = share_of_loss(metric, value, mean);
      if (!std::isfinite(value)) return false;
    }
  }
  const MeanInterval difference = paired_comparison(losses.first, losses.second, losses.groups).difference;
  return difference.mean > difference.half_width;
}

void add_excess(MethodTotals& totals, const CellResult& cell, const CellResult& least, const MetricEntry& metric) {
  std::map<std::string, double> of_floor;
  const std::vector<double> floor_values = least.image_values(metric.name);
  const double floor_mean = mean_of(floor_values);
  for (std::size_t i = 0; i < floor_values.size(); ++i)
    of_floor[least.image_ids[i]] = share_of_loss(metric, floor_values[i], floor_mean);
  const std::vector<double> values = cell.image_values(metric.name);
  const double mean = mean_of(values);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const auto found = of_floor.find(cell.image_ids[i]);
    if (found == of_floor.end()) continue;
    ImageSum& image = totals.excess[&metric][cell.image_ids[i]];
    image.sum += share_of_loss(metric, values[i], mean) - found->second;
    image.group = cell.image_groups.empty() ? cell.image_ids[i] : cell.image_groups[i];
    ++image.count;
  }
}

/// The place of every cell but the floor's in its setting, from 1 on; those without a finite loss come last.
std::vector<const CellResult*> ranked(const Setting& setting, const MetricEntry& metric) {
  std::vector<std::pair<double, const CellResult*>> order;
  for (const CellResult* cell : setting.cells) {
    if (cell->text("method") == exact_draws_method) continue;
    const double loss = mean_loss(*cell, metric);
    order.emplace_back(std::isfinite(loss) ? loss : INFINITY, cell);
  }
  std::ranges::stable_sort(order, {}, &std::pair<double, const CellResult*>::first);
  std::vector<const CellResult*> cells;
  for (const auto& [loss, cell] : order) cells.push_back(cell);
  return cells;
}

TableEntry excess_entry(const MetricEntry& metric, const std::map<std::string, ImageSum>& images) {
  std::vector<double> values;
  Groups groups;
  for (const auto& [id, image] : images) {
    values.push_back(image.sum / image.count);
    groups.push_back(image.group);
  }
  const MeanInterval interval = mean_interval(values, groups);
  TableEntry entry = TableEntry::number(interval.mean, metric.decimals, interval.half_width);
  entry.signed_value = true;
  if (std::abs(interval.mean) <= interval.half_width) entry.emphasis = Emphasis::tied;
  return entry;
}

/// The floor's own values, for the head row.
std::vector<TableEntry> floor_row(const std::vector<Setting>& settings,
                                  const std::vector<const MetricEntry*>& metrics) {
  std::vector<TableEntry> row = {TableEntry::words(fmt::format("{} (the floor itself)", exact_draws_method)),
                                 TableEntry::number(static_cast<double>(settings.size()), 0), TableEntry::words(""),
                                 TableEntry::words("")};
  for (const MetricEntry* metric : metrics) {
    std::vector<double> means;
    for (const Setting& setting : settings)
      if (const CellResult* least = cell_of(setting, exact_draws_method)) {
        const std::vector<double> values = least->image_values(metric->name);
        means.push_back(mean_of(values));
      }
    row.push_back(TableEntry::number(mean_of(means), metric->decimals));
  }
  return row;
}

std::vector<MethodTotals> totals_of(const std::vector<Setting>& settings, const CellLabels& labels,
                                    const std::vector<const MetricEntry*>& metrics, const MetricEntry& ranking) {
  std::vector<MethodTotals> methods;
  for (const Setting& setting : settings) {
    const CellResult* least = cell_of(setting, exact_draws_method);
    const CellResult* control = cell_of(setting, control_method);
    if (least == nullptr) continue;
    double rank = 0;
    for (const CellResult* cell : ranked(setting, ranking)) {
      const std::string label = labels.method_and_steps(*cell);
      auto found = std::ranges::find(methods, label, &MethodTotals::label);
      if (found == methods.end()) found = methods.insert(methods.end(), MethodTotals{.label = label, .excess = {}});
      found->no_verdict = says_nothing(*cell);
      if (!found->no_verdict) found->ranks += ++rank;
      ++found->settings;
      if (control != nullptr && is_worse(*cell, *control, ranking)) ++found->behind;
      for (const MetricEntry* metric : metrics) add_excess(*found, *cell, *least, *metric);
    }
  }
  std::ranges::stable_sort(methods, {}, [](const MethodTotals& method) {
    return method.no_verdict ? INFINITY : method.ranks / method.settings;
  });
  return methods;
}

}  // namespace

Table truth_table(const std::string& title, const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  std::vector<const MetricEntry*> metrics = metrics_of(cells);
  std::erase_if(metrics, [](const MetricEntry* metric) { return !metric->of_posterior; });
  std::vector<Setting> settings = settings_of(cells);
  std::erase_if(settings, [](const Setting& setting) { return cell_of(setting, exact_draws_method) == nullptr; });
  Table table;
  table.title = fmt::format("{}: excess over exact draws", title);
  if (metrics.empty() || settings.empty()) return table;
  const auto sliced = std::ranges::find(metrics, std::string(placing_metric), &MetricEntry::name);
  const MetricEntry& ranking = sliced == metrics.end() ? *metrics.front() : **sliced;
  const std::vector<MethodTotals> methods = totals_of(settings, labels, metrics, ranking);
  table.columns = {
      {"method", "Method", ""}, {"settings", "Settings", ""}, {"rank", "Mean rank", ""}, {"behind", "Behind A⁺y", ""}};
  for (const MetricEntry* metric : metrics)
    table.columns.push_back({metric->name + "_excess",
                             metric->unit.empty() ? metric->title : fmt::format("{} ({})", metric->title, metric->unit),
                             ""});
  TableSection section{"", {floor_row(settings, metrics)}};
  for (const MethodTotals& method : methods) {
    std::vector<TableEntry> row = {TableEntry::words(method.label), TableEntry::number(method.settings, 0),
                                   TableEntry::number(method.no_verdict ? NAN : method.ranks / method.settings, 1),
                                   TableEntry::number(method.behind, 0)};
    for (const MetricEntry* metric : metrics) {
      const auto found = method.excess.find(metric);
      row.push_back(found == method.excess.end() ? TableEntry::number(NAN, metric->decimals)
                                                 : excess_entry(*metric, found->second));
    }
    section.rows.push_back(std::move(row));
  }
  table.sections.push_back(std::move(section));
  table.notes = {
      "Floor: independent draws from the exact posterior, as many an image as every sampler makes. Its row holds its "
      "own values, all others what a method has more than it on the same image, averaged over the settings that the "
      "method serves; of coverages the distance of their mean over images from what they aim at, setting by setting.",
      "± is the half-width of the 95 % confidence interval over images; underlined: not distinguishable from the "
      "floor.",
      fmt::format("Mean rank: by {} among the methods of a setting, the floor left out. Behind A⁺y: settings in which "
                  "{} is worse than the pseudo-inverse's, beyond a paired 95 % interval.",
                  ranking.title, ranking.title)};
  for (const std::string& note : verdict_notes(cells)) table.notes.push_back(note);
  for (const MetricEntry* metric : metrics)
    table.notes.push_back(fmt::format("{}: {}", metric->title, metric->convention));
  for (const std::string& note : provenance_notes(cells)) table.notes.push_back(note);
  return table;
}

}  // namespace dpsbench
