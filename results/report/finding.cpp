#include "results/report/finding.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <optional>

#include "results/cells/cell_label.h"
#include "results/cells/comparison.h"
#include "results/cells/metric_columns.h"
#include "results/cells/verdict.h"

namespace dpsbench {
namespace {

/// What a setting's comparison came to.
struct Outcome {
  std::string best;
  std::size_t rivals = 0;  ///< that were compared with the best
  std::size_t tied = 0;    ///< of them, not distinguishable from it
  double lead = 0;         ///< by which the next mean is behind the best's, on common images
};

/// A method that is better than all others of some settings.
struct Winner {
  std::string name;
  std::size_t settings = 0;
  double least = INFINITY;  ///< lead over the next, in its settings
  double most = 0;
};

std::optional<Outcome> outcome_of(const MetricEntry& metric, const Setting& setting, const CellLabels& labels) {
  std::vector<const CellResult*> cells;
  for (const CellResult* cell : setting.cells)
    if (!says_nothing(*cell)) cells.push_back(cell);
  const auto compared = compare_cells(metric, cells);
  Outcome outcome;
  outcome.lead = INFINITY;
  for (std::size_t k = 0; k < compared.size(); ++k) {
    if (!compared[k]) continue;
    if (compared[k]->standing == Standing::best) {
      outcome.best = labels.method_and_steps(*cells[k]);
      continue;
    }
    ++outcome.rivals;
    if (compared[k]->standing == Standing::tied) ++outcome.tied;
    const double difference = compared[k]->difference.mean;
    outcome.lead = std::min(outcome.lead, metric.better == Better::higher ? -difference : difference);
  }
  if (outcome.best.empty() || outcome.rivals == 0) return std::nullopt;
  return outcome;
}

int digits_of(const MetricEntry& metric) { return metric.unit == "dB" ? 2 : metric.decimals; }

std::string with_unit(const MetricEntry& metric, double value) {
  const double least = std::pow(10, -digits_of(metric));
  if (value < least / 2) return "less than " + with_unit(metric, least);
  return fmt::format("{:.{}f}{}", value, digits_of(metric), metric.unit.empty() ? "" : " " + metric.unit);
}

std::string lead_of(const MetricEntry& metric, const Winner& winner) {
  const std::string least = fmt::format("{:.{}f}", winner.least, digits_of(metric));
  const std::string most = with_unit(metric, winner.most);
  return with_unit(metric, winner.least) == most ? most : fmt::format("{} to {}", least, most);
}

std::string of_one(const MetricEntry& metric, const Outcome& outcome) {
  if (outcome.tied == 0)
    return fmt::format("By {} {} is better than {} of the setting, {} ahead of the next.", metric.title, outcome.best,
                       outcome.rivals == 1 ? "the other method" : fmt::format("all {} others", outcome.rivals),
                       with_unit(metric, outcome.lead));
  return fmt::format("By {} {} has the best mean, but {} of {} other methods cannot be told from it.", metric.title,
                     outcome.best, outcome.tied, outcome.rivals);
}

std::string of_several(const MetricEntry& metric, const std::vector<Outcome>& outcomes) {
  std::vector<Winner> winners;
  std::size_t open = 0;
  for (const Outcome& outcome : outcomes) {
    if (outcome.tied > 0) {
      ++open;
      continue;
    }
    auto found = std::ranges::find(winners, outcome.best, &Winner::name);
    if (found == winners.end()) found = winners.insert(winners.end(), Winner{.name = outcome.best});
    ++found->settings;
    found->least = std::min(found->least, outcome.lead);
    found->most = std::max(found->most, outcome.lead);
  }
  if (winners.empty())
    return fmt::format(
        "By {} no method is better than all others in any of {} settings: the best mean cannot be told "
        "from at least one other.",
        metric.title, outcomes.size());
  std::ranges::stable_sort(winners, std::ranges::greater(), &Winner::settings);
  std::vector<std::string> parts;
  for (const Winner& winner : winners)
    parts.push_back(
        fmt::format("{} in {} ({} ahead of the next)", winner.name, winner.settings, lead_of(metric, winner)));
  return fmt::format(
      "By {}, of {} settings, better than all other methods: {}.{}", metric.title, outcomes.size(),
      fmt::join(parts, "; "),
      open == 0 ? "" : fmt::format(" In {} the best mean cannot be told from at least one other.", open));
}

}  // namespace

std::string finding(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  for (const MetricEntry* metric : metrics_of(cells)) {
    if (metric->better == Better::near_target) continue;
    std::vector<Outcome> outcomes;
    for (const Setting& setting : settings_of(cells))
      if (auto outcome = outcome_of(*metric, setting, labels)) outcomes.push_back(std::move(*outcome));
    if (outcomes.empty()) continue;
    return (outcomes.size() == 1 ? of_one(*metric, outcomes.front()) : of_several(*metric, outcomes)) +
           " (On the same images and measurements, 5 % for all methods of a setting, each setting for itself.)";
  }
  return "";
}

}  // namespace dpsbench
