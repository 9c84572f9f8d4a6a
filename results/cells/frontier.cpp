#include "results/cells/frontier.h"

#include <algorithm>
#include <cmath>
#include <limits>

#include "metrics/statistics/interval.h"
#include "results/cells/verdict.h"

namespace dpsbench {

double evaluations_spent(const CellResult& cell) {
  for (const char* name : {"network_evaluations", "passes_back", "pass_back_cost"})
    if (!cell.attributes.contains(name)) return std::numeric_limits<double>::quiet_NaN();
  const double back = cell.number("pass_back_cost");
  double spent = cell.number("network_evaluations") + back * cell.number("passes_back");
  if (cell.attributes.contains("decoding_cost") && cell.attributes.contains("decodings"))
    spent += cell.number("decoding_cost") * (cell.number("decodings") + back * cell.number("decodings_back")) +
             cell.number("encoding_cost") * (cell.number("encodings") + back * cell.number("encodings_back"));
  return spent;
}

std::vector<const CellResult*> frontier(const MetricEntry& metric, const std::vector<const CellResult*>& cells) {
  struct Place {
    double cost;
    double loss;
    const CellResult* cell;
  };
  std::vector<Place> places;
  for (const CellResult* cell : cells) {
    if (is_given_original(*cell)) continue;
    const double mean = mean_of(cell->image_values(metric.name));
    const double cost = evaluations_spent(*cell);
    if (std::isfinite(mean) && std::isfinite(cost)) places.push_back({cost, metric.loss(mean), cell});
  }
  std::ranges::stable_sort(places, {}, [](const Place& place) { return std::pair(place.cost, place.loss); });
  std::vector<const CellResult*> unbeaten;
  double best = std::numeric_limits<double>::infinity();
  for (const Place& place : places) {
    if (place.loss >= best) continue;
    best = place.loss;
    unbeaten.push_back(place.cell);
  }
  return unbeaten;
}

}  // namespace dpsbench
