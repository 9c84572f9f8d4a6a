#include "results/cells/places.h"

#include <cmath>

namespace dpsbench {

std::map<std::string, Places> places_on_images(const MetricEntry& metric, const std::vector<const CellResult*>& cells) {
  std::map<std::string, std::vector<double>> losses;  // of each image, by cell; failed ones infinite, absent ones NaN
  const auto at = [&](const std::string& image) -> std::vector<double>& {
    return losses.try_emplace(image, std::vector<double>(cells.size(), NAN)).first->second;
  };
  for (std::size_t k = 0; k < cells.size(); ++k) {
    const std::vector<double> values = cells[k]->image_values(metric.name);
    for (std::size_t i = 0; i < values.size(); ++i) at(cells[k]->image_ids[i])[k] = metric.loss(values[i]);
    for (const std::string& image : cells[k]->failed_images()) at(image)[k] = INFINITY;
  }
  std::map<std::string, Places> places;
  for (const auto& [image, of_cells] : losses) {
    Places& place = places.try_emplace(image, Places(cells.size(), NAN)).first->second;
    for (std::size_t k = 0; k < cells.size(); ++k) {
      if (std::isnan(of_cells[k])) continue;
      place[k] = 0.5;  // itself is among its equals
      for (const double other : of_cells) place[k] += other < of_cells[k] ? 1.0 : other == of_cells[k] ? 0.5 : 0.0;
    }
  }
  return places;
}

}  // namespace dpsbench
