#include "results/cells/comparison.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <tuple>

#include "metrics/statistics/against_best.h"

namespace dpsbench {
namespace {

constexpr double error_level = 0.05;

struct ImageValue {
  double loss;
  std::string group;
};
using ImageValues = std::map<std::string, ImageValue>;

/// What is compared of a cell, by image; nothing where a value is not finite.
ImageValues comparable_values(const CellResult& cell, const MetricEntry& metric) {
  if (cell.text("samples_shown").starts_with("mean")) return {};
  const std::vector<double> values = cell.image_values(metric.name);
  ImageValues found;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double loss = metric.loss(values[i]);
    if (!std::isfinite(loss)) return {};
    const std::string& image = cell.image_ids[i];
    found.emplace(image, ImageValue{loss, cell.image_groups.empty() ? image : cell.image_groups[i]});
  }
  return found;
}

std::vector<std::string> common_to(const ImageValues& first, const ImageValues& second) {
  std::vector<std::string> images;
  for (const auto& [image, value] : first)
    if (second.contains(image)) images.push_back(image);
  return images;
}

std::vector<double> losses_on(const ImageValues& values, const std::vector<std::string>& images) {
  std::vector<double> losses;
  for (const std::string& image : images) losses.push_back(values.at(image).loss);
  return losses;
}

Groups groups_on(const ImageValues& values, const std::vector<std::string>& images) {
  Groups groups;
  for (const std::string& image : images) groups.push_back(values.at(image).group);
  return groups;
}

bool has_all(const ImageValues& values, const std::vector<std::string>& images) {
  return std::ranges::all_of(images, [&](const std::string& image) { return values.contains(image); });
}

/// The cell of least mean loss among those with the most images, on the images that these share.
std::size_t best_cell(const std::vector<ImageValues>& cells) {
  std::size_t most = 0;
  for (const ImageValues& values : cells) most = std::max(most, values.size());
  std::vector<std::string> shared;
  bool first = true;
  for (const ImageValues& values : cells) {
    if (values.size() < most) continue;
    if (first)
      for (const auto& [image, value] : values) shared.push_back(image);
    else
      std::erase_if(shared, [&](const std::string& image) { return !values.contains(image); });
    first = false;
  }
  std::optional<std::size_t> best;
  double least = 0;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    if (cells[k].size() < most) continue;
    const double mean = shared.empty() ? 0 : mean_of(losses_on(cells[k], shared));
    if (best && !(mean < least)) continue;
    best = k;
    least = mean;
  }
  return best.value();
}

/// against_best, kept by what goes into it: several tables ask for the same comparison, which is thousands of flips.
const AgainstBest& compared_once(const std::vector<std::vector<double>>& losses, const Groups& groups,
                                 std::size_t best) {
  using Asked = std::tuple<std::size_t, Groups, std::vector<std::vector<double>>>;
  thread_local std::map<Asked, AgainstBest> known;
  const auto [found, first] = known.try_emplace(Asked{best, groups, losses});
  if (first) found->second = against_best(losses, groups, best);
  return found->second;
}

/// The p values of the cells that have all of these images, each at its place.
std::map<std::size_t, double> p_values_on(const std::vector<std::string>& images, const std::vector<ImageValues>& cells,
                                          std::size_t best) {
  std::vector<std::vector<double>> losses;
  std::vector<std::size_t> places;
  std::size_t place_of_best = 0;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    if (!has_all(cells[k], images)) continue;
    if (k == best) place_of_best = places.size();
    losses.push_back(losses_on(cells[k], images));
    places.push_back(k);
  }
  const AgainstBest& found = compared_once(losses, groups_on(cells[best], images), place_of_best);
  std::map<std::size_t, double> p_values;
  for (std::size_t i = 0; i < places.size(); ++i) p_values[places[i]] = found.p_values[i];
  return p_values;
}

}  // namespace

std::vector<std::optional<ComparedCell>> compare_cells(const MetricEntry& metric,
                                                       const std::vector<const CellResult*>& cells) {
  std::vector<std::optional<ComparedCell>> compared(cells.size());
  if (metric.better == Better::near_target) return compared;
  std::vector<ImageValues> values;
  for (const CellResult* cell : cells) values.push_back(comparable_values(*cell, metric));
  if (std::ranges::count_if(values, [](const ImageValues& of_cell) { return !of_cell.empty(); }) < 2) return compared;

  const std::size_t best = best_cell(values);
  const double sign = metric.better == Better::higher ? -1 : 1;  // from losses back to the metric
  std::map<std::vector<std::string>, std::map<std::size_t, double>> by_images;
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const std::vector<std::string> images = common_to(values[best], values[k]);
    if (images.empty() || (images.size() < 2 && images.size() < values[best].size())) continue;
    auto [found, first] = by_images.try_emplace(images);
    if (first) found->second = p_values_on(images, values, best);
    ComparedCell& cell = compared[k].emplace();
    cell.p_value = found->second.at(k);
    cell.standing = k == best ? Standing::best : cell.p_value <= error_level ? Standing::behind : Standing::tied;
    cell.difference = paired_comparison(losses_on(values[k], images), losses_on(values[best], images),
                                        groups_on(values[best], images))
                          .difference;
    cell.difference.mean *= sign;
  }
  return compared;
}

PairedValues paired_values(const CellResult& first, const CellResult& second, const std::string& metric) {
  std::map<std::string, double> of_second;
  const std::vector<double> second_values = second.image_values(metric);
  for (std::size_t i = 0; i < second_values.size(); ++i) of_second[second.image_ids[i]] = second_values[i];
  std::map<std::string, std::size_t> rows;  // sorted by image
  const std::vector<double> first_values = first.image_values(metric);
  for (std::size_t i = 0; i < first_values.size(); ++i)
    if (of_second.contains(first.image_ids[i])) rows[first.image_ids[i]] = i;
  PairedValues pairs;
  for (const auto& [image, row] : rows) {
    pairs.first.push_back(first_values[row]);
    pairs.second.push_back(of_second.at(image));
    if (!first.image_groups.empty()) pairs.groups.push_back(first.image_groups[row]);
  }
  return pairs;
}

MeanInterval cell_interval(const CellResult& cell, const std::string& metric) {
  const std::vector<double> values = cell.image_values(metric);
  return mean_interval(values, values.empty() ? Groups() : cell.image_groups);
}

}  // namespace dpsbench
