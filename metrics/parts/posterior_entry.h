#pragma once
#include "metrics/parts/metric_entry.h"

namespace dpsbench {

/// A metric that judges all S samples of an image together, by its exact posterior; lower is better. `function` returns
/// [B] double.
MetricEntry posterior_entry(const std::string& name, const std::string& title, const std::string& convention,
                            std::int64_t least_samples, std::function<Tensor(const PosteriorInputs&)> function);

/// A distance of the samples [S, D] from the exact draws [M, D], both double, for every image: [B] double.
Tensor of_every_image(const PosteriorInputs& inputs,
                      const std::function<double(const Tensor&, const Tensor&)>& distance);

}  // namespace dpsbench
