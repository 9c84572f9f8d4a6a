#pragma once
#include "toy/experiment.h"

namespace dpsbench::testing_support {

/// A double well in two correlated dimensions, one method with few windows.
inline ToyExperiment small_toy(const std::string& method, std::int64_t steps, std::int64_t windows,
                               std::int64_t samples) {
  ToyExperiment toy;
  toy.name = "small";
  toy.title = "Small well";
  for (const double side : {-1.0, 1.0}) {
    ToyComponent component;
    component.weight = side < 0 ? 1 : 3;
    component.mean = {1.2 * side, 0.4 * side};
    component.deviations = {0.4 + 0.05 * side, 0.5};
    component.correlation = 0.3 * side;
    toy.mixture.push_back(component);
  }
  toy.from = -2;
  toy.to = 2;
  toy.width = 0.4;
  toy.bins = 40;
  toy.cells = 5;
  toy.within = 5;
  toy.seed = 11;
  toy.resamples = 20;
  toy.batch = 500;
  const MethodEntry& entry = find_method(method);
  toy.methods.push_back({.entry = &entry,
                         .label = method,
                         .options = OptionValues(entry.options, {{"steps", steps}}),
                         .steps = steps,
                         .windows = windows,
                         .samples = samples});
  return toy;
}

}  // namespace dpsbench::testing_support
