#include "results/tables/board.h"

#include <algorithm>
#include <cmath>
#include <map>

#include "metrics/statistics/bootstrap.h"
#include "results/cells/cell_label.h"
#include "results/cells/metric_columns.h"
#include "results/cells/places.h"
#include "results/cells/row_names.h"
#include "results/cells/verdict.h"

namespace dpsbench {
namespace {

constexpr std::int64_t draws = 1999;

/// A method over all settings.
struct Entrant {
  std::string name;
  std::vector<double> ranks;                        ///< mean rank in each setting; NaN where it did not run
  std::map<std::string, std::vector<double>> wins;  ///< of an image: the share of rivals beaten in each setting
  std::map<std::string, std::string> groups;        ///< of an image
};

void add_setting(const MetricEntry& metric, const Setting& setting, std::size_t at, std::size_t settings,
                 const CellLabels& labels, std::vector<Entrant>& entrants) {
  std::vector<const CellResult*> cells;
  for (const CellResult* cell : setting.cells)
    if (!says_nothing(*cell)) cells.push_back(cell);
  const auto places = places_on_images(metric, cells);
  for (std::size_t k = 0; k < cells.size(); ++k)
    for (const std::string& name : row_names(*cells[k], cells, labels)) {
      auto found = std::ranges::find(entrants, name, &Entrant::name);
      if (found == entrants.end())
        found = entrants.insert(entrants.end(), {name, std::vector<double>(settings, NAN), {}, {}});
      std::vector<double> ranks;
      for (const auto& [image, of_cells] : places) {
        const auto rivals = std::ranges::count_if(of_cells, [](double place) { return !std::isnan(place); }) - 1;
        if (std::isnan(of_cells[k]) || rivals < 1) continue;
        ranks.push_back(of_cells[k]);
        const double beaten = static_cast<double>(rivals) + 1 - of_cells[k];
        found->wins[cells[k]->text("dataset") + "/" + image].push_back(beaten / static_cast<double>(rivals));
      }
      found->ranks[at] = mean_of(ranks);
      for (std::size_t i = 0; i < cells[k]->image_groups.size(); ++i)
        found->groups[cells[k]->text("dataset") + "/" + cells[k]->image_ids[i]] = cells[k]->image_groups[i];
    }
}

std::vector<TableEntry> row_of(const Entrant& entrant, const BootstrapInterval& wins) {
  std::vector<TableEntry> row = {TableEntry::words(entrant.name)};
  for (const double rank : entrant.ranks) row.push_back(TableEntry::number(rank, 1));
  row.push_back(TableEntry::number(mean_of(entrant.ranks), 1));
  row.push_back(TableEntry::number(100 * wins.estimate, 0));
  row.push_back(TableEntry::number(100 * wins.low, 0));
  row.push_back(TableEntry::number(100 * wins.high, 0));
  return row;
}

BootstrapInterval share_of_rivals(const Entrant& entrant, MeanBootstrap& bootstrap) {
  std::vector<double> values;
  Groups groups;
  for (const auto& [image, wins] : entrant.wins) {
    values.push_back(mean_of(wins));
    const auto group = entrant.groups.find(image);
    groups.push_back(group == entrant.groups.end() ? image : group->second);
  }
  if (values.empty()) return {NAN, NAN, NAN};
  return bootstrap.interval(values, groups);
}

}  // namespace

Table board_table(const std::vector<CellResult>& cells) {
  const CellLabels labels(cells);
  const std::vector<Setting> settings = settings_of(cells);
  Table table;
  table.title = "Board: all settings at a glance";
  table.columns = {{"method", "Method", ""}};
  for (const Setting& setting : settings) table.columns.push_back({setting.title, setting.title, "mean rank"});
  table.columns.insert(table.columns.end(), {{"mean_rank", "all", "mean rank"},
                                             {"rivals_beaten", "mean", "rivals beaten (%)"},
                                             {"rivals_low", "low", "rivals beaten (%)"},
                                             {"rivals_high", "high", "rivals beaten (%)"}});
  const PhiloxNoise noise(0, {{"board table", "", 0}});
  MeanBootstrap bootstrap(noise, draws);
  for (const MetricEntry* metric : metrics_of(cells)) {
    std::vector<Entrant> entrants;
    for (std::size_t at = 0; at < settings.size(); ++at)
      add_setting(*metric, settings[at], at, settings.size(), labels, entrants);
    if (settings.size() < 2 || entrants.size() < 3) continue;
    std::vector<std::pair<double, std::vector<TableEntry>>> rows;
    for (const Entrant& entrant : entrants) {
      const BootstrapInterval wins = share_of_rivals(entrant, bootstrap);
      rows.emplace_back(std::isnan(wins.estimate) ? 1 : -wins.estimate, row_of(entrant, wins));
    }
    std::ranges::stable_sort(rows, {}, [](const auto& row) { return row.first; });
    TableSection section{metric_head(*metric), {}};
    for (auto& [order, row] : rows) section.rows.push_back(std::move(row));
    table.sections.push_back(std::move(section));
  }
  table.notes = {
      "Mean rank: over the setting's images, equals sharing theirs, a failed image last; over all settings only of a "
      "method that ran in all.",
      fmt::format("Rivals beaten: the share of the other rows of a setting that are worse on an image, over images and "
                  "settings; 95 % BCa interval by {} resamples of the groups of images. It counts order and not size: "
                  "see the differences below.",
                  draws)};
  return table;
}

}  // namespace dpsbench
