#include "results/tables/summary.h"

#include <fmt/format.h>

#include <cmath>
#include <map>

#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"

namespace dpsbench {
namespace {

/// What columns a table has beside those that all have.
struct Extras {
  bool passes_back = false;              ///< some cell knows its passes back
  const MetricEntry* ranking = nullptr;  ///< by which images are ranked where some failed; null: none failed
};

double number_or_nan(const CellResult& cell, const std::string& name) {
  return cell.attributes.contains(name) ? cell.number(name) : NAN;
}

Extras extras_of(const std::vector<CellResult>& cells, const std::vector<const MetricEntry*>& metrics) {
  Extras extras;
  for (const CellResult& cell : cells) {
    extras.passes_back = extras.passes_back || cell.attributes.contains("passes_back");
    if (!cell.failed_images().empty() && !metrics.empty()) extras.ranking = metrics.front();
  }
  return extras;
}

/// Mean over the setting's images of each cell's place on the image, from 1 on, equals sharing theirs; a cell that
/// failed on the image is last.
std::vector<double> mean_ranks(const MetricEntry& metric, const std::vector<const CellResult*>& cells) {
  std::map<std::string, std::vector<double>> losses;  // of each image, by cell; failed ones infinite, absent ones NaN
  const auto at = [&](const std::string& image) -> std::vector<double>& {
    return losses.try_emplace(image, std::vector<double>(cells.size(), NAN)).first->second;
  };
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const std::vector<double> values = cells[k]->image_values(metric.name);
    for (std::size_t i = 0; i < values.size(); ++i) at(cells[k]->image_ids[i])[k] = metric.loss(values[i]);
    for (const std::string& image : cells[k]->failed_images()) at(image)[k] = INFINITY;
  }
  std::vector<std::vector<double>> places(cells.size());
  for (const auto& [image, of_cells] : losses)
    for (std::size_t k = 0; k < cells.size(); ++k) {
      if (std::isnan(of_cells[k])) continue;
      double place = 0.5;  // itself is among its equals
      for (const double other : of_cells) place += other < of_cells[k] ? 1.0 : other == of_cells[k] ? 0.5 : 0.0;
      places[k].push_back(place);
    }
  std::vector<double> means;
  for (const auto& of_cell : places) means.push_back(mean_of(of_cell));
  return means;
}

TableSection section_of(const Setting& setting, const CellLabels& labels,
                        const std::vector<const MetricEntry*>& metrics, const Extras& extras) {
  TableSection section{setting.title, {}};
  for (const CellResult* cell : setting.cells)
    section.rows.push_back({TableEntry::words(labels.method(*cell)), TableEntry::words(cell->text("method.steps"))});
  for (const MetricEntry* metric : metrics) {
    const std::vector<TableEntry> entries = metric_entries(*metric, setting.cells, true);
    for (std::size_t i = 0; i < entries.size(); ++i) section.rows[i].push_back(entries[i]);
  }
  const std::vector<double> ranks =
      extras.ranking == nullptr ? std::vector<double>() : mean_ranks(*extras.ranking, setting.cells);
  for (std::size_t i = 0; i < setting.cells.size(); ++i) {
    const CellResult& cell = *setting.cells[i];
    const auto images = static_cast<double>(cell.image_ids.size());
    auto& row = section.rows[i];
    row.push_back(TableEntry::number(number_or_nan(cell, "network_evaluations"), 0));
    if (extras.passes_back) row.push_back(TableEntry::number(number_or_nan(cell, "passes_back"), 0));
    row.push_back(TableEntry::number(number_or_nan(cell, "seconds") / images, 2));
    row.push_back(TableEntry::number(images, 0));
    if (extras.ranking == nullptr) continue;
    row.push_back(TableEntry::number(static_cast<double>(cell.failed_images().size()), 0));
    row.push_back(TableEntry::number(ranks[i], 2));
  }
  return section;
}

}  // namespace

Table summary_table(const std::string& title, const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  const std::vector<const MetricEntry*> metrics = metrics_of(cells);
  Table table;
  table.title = title;
  table.columns = {{"method", "Method", ""}, {"steps", "Steps", ""}};
  for (const MetricEntry* metric : metrics) table.columns.push_back({metric->name, metric_head(*metric), ""});
  table.columns.push_back({"network_evaluations", "NFE", ""});
  const Extras extras = extras_of(cells, metrics);
  if (extras.passes_back) table.columns.push_back({"passes_back", "Back", ""});
  table.columns.push_back({"seconds_per_image", "s/image", ""});
  table.columns.push_back({"images", "Images", ""});
  if (extras.ranking != nullptr) {
    table.columns.push_back({"failed", "Failed", ""});
    table.columns.push_back({"mean_rank", "Mean rank", ""});
  }
  for (const Setting& setting : settings_of(cells))
    table.sections.push_back(section_of(setting, labels, metrics, extras));
  table.notes = metric_notes(metrics);
  for (const std::string& note : provenance_notes(cells)) table.notes.push_back(note);
  table.notes.emplace_back(
      "NFE: forward passes of the network for one image. s/image: wall time of sampling, this machine's.");
  if (extras.passes_back) table.notes.emplace_back("Back: passes back through the network for one image.");
  if (extras.ranking != nullptr)
    table.notes.push_back(
        fmt::format("Failed: images on which the method gave no finite answer; its mean is over the others, and it is "
                    "never bold beside a method that has them. Mean rank: by {} on each image, a failed one last.",
                    extras.ranking->title));
  return table;
}

}  // namespace dpsbench
