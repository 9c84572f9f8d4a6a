#include "results/tables/intervals.h"

#include <algorithm>
#include <cmath>

#include "metrics/statistics/bootstrap.h"
#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"

namespace dpsbench {
namespace {

constexpr std::int64_t resamples = 1999;

std::vector<TableEntry> interval_row(const CellResult& cell, const MetricEntry& metric, const std::string& label,
                                     const std::vector<double>& values, MeanBootstrap& bootstrap) {
  const MeanInterval student = mean_interval(values, cell.image_groups);
  const BootstrapInterval resampled = bootstrap.interval(values, cell.image_groups);
  const int decimals = metric.decimals + 1;
  return {TableEntry::words(label),
          TableEntry::words(metric_head(metric)),
          TableEntry::number(student.mean, decimals),
          TableEntry::number(student.mean - student.half_width, decimals),
          TableEntry::number(student.mean + student.half_width, decimals),
          TableEntry::number(resampled.low, decimals),
          TableEntry::number(resampled.high, decimals),
          TableEntry::number(static_cast<double>(student.count), 0),
          TableEntry::number(static_cast<double>(student.groups), 0)};
}

}  // namespace

Table interval_table(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  Table table;
  table.title = "Means and their 95 % intervals";
  table.columns = {{"method", "Method", ""},
                   {"metric", "Metric", ""},
                   {"mean", "Mean", ""},
                   {"t_low", "low", "Student t"},
                   {"t_high", "high", "Student t"},
                   {"bca_low", "low", "bootstrap (BCa)"},
                   {"bca_high", "high", "bootstrap (BCa)"},
                   {"images", "Images", ""},
                   {"groups", "Groups", ""}};
  const PhiloxNoise noise(0, {{"interval table", "", 0}});  // the same for all: equal values have equal intervals
  MeanBootstrap bootstrap(noise, resamples);
  const std::vector<const MetricEntry*> metrics = metrics_of(cells);
  for (const Setting& setting : settings_of(cells)) {
    TableSection section{setting.title, {}};
    for (const CellResult* cell : setting.cells)
      for (const MetricEntry* metric : metrics) {
        const std::vector<double> values = cell->image_values(metric->name);
        if (values.empty() || !std::ranges::all_of(values, [](double v) { return std::isfinite(v); })) continue;
        section.rows.push_back(interval_row(*cell, *metric, labels.method_and_steps(*cell), values, bootstrap));
      }
    if (!section.rows.empty()) table.sections.push_back(std::move(section));
  }
  table.notes = {
      fmt::format("Student t: mean ± t s / sqrt(N) over images; where images belong together, by groups "
                  "(cluster-robust, one degree "
                  "of freedom less than groups). BCa: {} resamples of the images or groups (Efron 1987), the same for "
                  "the same values; no interval where no resample lies on one side of the mean.",
                  resamples)};
  return table;
}

}  // namespace dpsbench
