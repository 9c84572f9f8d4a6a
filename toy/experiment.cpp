#include "toy/experiment.h"

#include <algorithm>

namespace dpsbench {

GaussianMixture toy_mixture(const ToyExperiment& experiment) {
  std::vector<double> weights;
  std::vector<Tensor> means;
  std::vector<Tensor> covariances;
  for (const ToyComponent& component : experiment.mixture) {
    const Tensor deviations = at::tensor(component.deviations, at::kDouble);
    const Tensor same = at::eye(deviations.size(0), at::kDouble);
    const Tensor correlations = same + (1 - same) * component.correlation;
    weights.push_back(component.weight);
    means.push_back(at::tensor(component.mean, at::kDouble));
    covariances.push_back(correlations * at::outer(deviations, deviations));
  }
  return GaussianMixture::of_covariances(at::tensor(weights, at::kDouble).log(), at::stack(means),
                                         at::stack(covariances));
}

Tensor window_centres(const ToyExperiment& experiment, const ToyMethod& method) {
  return at::linspace(experiment.from, experiment.to, method.windows, at::kDouble);
}

std::vector<ToyUnit> toy_units(const ToyExperiment& experiment) {
  std::vector<ToyUnit> units;
  for (std::size_t m = 0; m < experiment.methods.size(); ++m)
    for (std::int64_t window = 0; window < experiment.methods[m].windows; ++window)
      for (std::int64_t first = 0; first < experiment.methods[m].samples; first += experiment.batch)
        units.push_back({m, window, first, std::min(experiment.batch, experiment.methods[m].samples - first)});
  return units;
}

double unit_cost(const ToyExperiment& experiment, const ToyUnit& unit) {
  const ToyMethod& method = experiment.methods.at(unit.method);
  const double passes = method.entry->needs.gradient ? 3 : 1;
  return passes * static_cast<double>(method.steps * unit.count);
}

}  // namespace dpsbench
