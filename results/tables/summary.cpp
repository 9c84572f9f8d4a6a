#include "results/tables/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <iterator>

#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"
#include "results/cells/places.h"
#include "results/tables/coding_numbers.h"
#include "results/tables/cost_numbers.h"

namespace dpsbench {
namespace {

/// What columns a table has beside those that all have.
struct Extras {
  bool passes_back = false;              ///< some cell knows its passes back
  bool coding = false;                   ///< some cell is of latents
  bool memory = false;                   ///< some cell knows its memory
  const MetricEntry* ranking = nullptr;  ///< by which images are ranked where some failed; null: none failed
};

Extras extras_of(const std::vector<CellResult>& cells, const std::vector<const MetricEntry*>& metrics) {
  Extras extras;
  extras.coding = of_latents(cells);
  for (const CellResult& cell : cells) {
    extras.passes_back = extras.passes_back || cell.attributes.contains("passes_back");
    extras.memory = extras.memory || cell.attributes.contains("peak_bytes_an_image");
    if (!cell.failed_images().empty() && !metrics.empty()) extras.ranking = metrics.front();
  }
  return extras;
}

/// Of each cell over the images that it has.
std::vector<double> mean_ranks(const MetricEntry& metric, const std::vector<const CellResult*>& cells) {
  std::vector<std::vector<double>> ranks(cells.size());
  for (const auto& [image, places] : places_on_images(metric, cells))
    for (std::size_t k = 0; k < cells.size(); ++k)
      if (!std::isnan(places[k])) ranks[k].push_back(places[k]);
  std::vector<double> means;
  for (const auto& of_cell : ranks) means.push_back(mean_of(of_cell));
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
    if (extras.coding) std::ranges::copy(coding_entries(cell), std::back_inserter(row));
    row.push_back(TableEntry::number(number_or_nan(cell, "seconds") / images, 2));
    if (extras.memory) row.push_back(TableEntry::number(number_or_nan(cell, "peak_bytes_an_image") / megabyte, 1));
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
  if (extras.coding) std::ranges::copy(coding_columns(), std::back_inserter(table.columns));
  table.columns.push_back({"seconds_per_image", "s/image", ""});
  if (extras.memory) table.columns.push_back({"megabytes_per_image", "MB/image", ""});
  table.columns.push_back({"images", "Images", ""});
  if (extras.ranking != nullptr) {
    table.columns.push_back({"failed", "Failed", ""});
    table.columns.push_back({"mean_rank", "Mean rank", ""});
  }
  for (const Setting& setting : settings_of(cells))
    table.sections.push_back(section_of(setting, labels, metrics, extras));
  table.notes = metric_notes(metrics);
  for (const std::string& note : provenance_notes(cells)) table.notes.push_back(note);
  table.notes.push_back(nfe_note(cells) + " s/image: wall time of sampling, this machine's.");
  if (extras.passes_back) table.notes.emplace_back("Back: passes back through the network for one image.");
  if (extras.coding) table.notes.push_back(coding_note(cells));
  if (extras.memory)
    table.notes.emplace_back(
        "MB/image: tensors alive at a time in a unit over its images, without weights and libraries' scratch memory.");
  if (extras.ranking != nullptr)
    table.notes.push_back(
        fmt::format("Failed: images on which the method gave no finite answer; its mean is over the others, and it is "
                    "never bold beside a method that has them. Mean rank: by {} on each image, a failed one last.",
                    extras.ranking->title));
  return table;
}

}  // namespace dpsbench
