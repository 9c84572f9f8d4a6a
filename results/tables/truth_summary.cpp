#include "results/tables/truth_summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "metrics/statistics/interval.h"
#include "results/cells/cell_label.h"
#include "results/cells/verdict.h"
#include "results/tables/truth.h"

namespace dpsbench {
namespace {

/// By image, the places of a method in the settings gone through, and the image's group.
struct Placed {
  std::vector<double> places;
  std::string group;
};
using Places = std::map<std::string, Placed>;

/// Distances of one image, by cell; those that are not finite count as the greatest.
std::map<std::string, std::vector<std::pair<double, const CellResult*>>> by_image(const Setting& setting) {
  std::map<std::string, std::vector<std::pair<double, const CellResult*>>> images;
  for (const CellResult* cell : setting.cells) {
    if (cell->text("method") == exact_draws_method || says_nothing(*cell)) continue;
    const std::vector<double> values = cell->image_values(placing_metric);
    for (const std::string& image : cell->failed_images()) images[image].emplace_back(INFINITY, cell);
    for (std::size_t i = 0; i < values.size(); ++i)
      images[cell->image_ids[i]].emplace_back(std::isfinite(values[i]) ? values[i] : INFINITY, cell);
  }
  return images;
}

/// The share of the others that are nearer, in per cent; equals count half.
double place_of(double value, const std::vector<std::pair<double, const CellResult*>>& all) {
  double nearer = -0.5;  // the value itself is among its equals
  for (const auto& [other, cell] : all) nearer += other < value ? 1.0 : (other == value ? 0.5 : 0.0);
  return 100 * nearer / static_cast<double>(all.size() - 1);
}

bool has_exact_draws(const Setting& setting) {
  return std::ranges::any_of(setting.cells, [](const CellResult* cell) {
    return cell->text("method") == exact_draws_method && !cell->image_values(placing_metric).empty();
  });
}

void add_place(Placed& placed, double place, const CellResult& cell, const std::string& image) {
  placed.places.push_back(place);
  placed.group = image;
  const auto row = std::ranges::find(cell.image_ids, image) - cell.image_ids.begin();
  if (!cell.image_groups.empty() && row < std::ssize(cell.image_ids))
    placed.group = cell.image_groups[static_cast<std::size_t>(row)];
}

/// Data set -> method -> its places.
std::map<std::string, std::map<std::string, Places>> places(const std::vector<CellResult>& cells) {
  std::map<std::string, std::map<std::string, Places>> found;
  for (const Setting& setting : settings_of(cells)) {
    if (!has_exact_draws(setting)) continue;
    const std::string dataset = setting.cells.front()->text("dataset");
    for (const auto& [image, values] : by_image(setting))
      if (values.size() > 1)
        for (const auto& [value, cell] : values)
          add_place(found[dataset][cell->text("method")][image], place_of(value, values), *cell, image);
  }
  return found;
}

MeanInterval over_images(const Places& of_method) {
  std::vector<double> means;
  Groups groups;
  for (const auto& [image, placed] : of_method) {
    means.push_back(mean_of(placed.places));
    groups.push_back(placed.group);
  }
  return mean_interval(means, groups);
}

}  // namespace

Table truth_summary(const std::vector<CellResult>& cells) {
  const auto found = places(cells);
  Table table;
  table.title = "Nearness to the exact posterior over several priors";
  table.columns = {{"method", "Method", ""}};
  if (found.size() < 2) return table;
  std::map<std::string, std::vector<double>> of_methods;  // its mean places, of the data sets that it serves
  for (const auto& [dataset, methods] : found) {
    table.columns.push_back({dataset, dataset, ""});
    for (const auto& [method, of_method] : methods) of_methods[method].push_back(over_images(of_method).mean);
  }
  table.columns.push_back({"mean", "Mean", ""});
  std::vector<std::pair<double, std::string>> order;
  for (const auto& [method, means] : of_methods) order.emplace_back(mean_of(means), method);
  std::ranges::sort(order);
  TableSection section{"", {}};
  for (const auto& [mean, method] : order) {
    std::vector<TableEntry> row = {TableEntry::words(method)};
    for (const auto& [dataset, methods] : found) {
      const auto place = methods.find(method);
      const MeanInterval interval = place == methods.end() ? mean_interval({}) : over_images(place->second);
      row.push_back(TableEntry::number(interval.mean, 0, interval.half_width));
    }
    row.push_back(TableEntry::number(mean, 0));
    section.rows.push_back(std::move(row));
  }
  table.sections = {std::move(section)};
  table.notes = {
      "Per cent of the other methods that are nearer to the exact posterior (Sliced W2) on the same image, averaged "
      "over the settings that the method serves: 0 is the first of all, 100 the last; ± is the half-width of the 95 % "
      "confidence interval over images. The exact draws themselves take no place.",
      "A method that serves few settings has its places among the others there. Mean: of the data sets served. An "
      "image "
      "on which a method failed counts as the greatest distance."};
  for (const std::string& note : verdict_notes(cells)) table.notes.push_back(note);
  return table;
}

}  // namespace dpsbench
