#include "metrics/parts/posterior_entry.h"

namespace dpsbench {

MetricEntry posterior_entry(const std::string& name, const std::string& title, const std::string& convention,
                            std::int64_t least_samples, std::function<Tensor(const PosteriorInputs&)> function) {
  MetricEntry entry;
  entry.name = name;
  entry.title = title;
  entry.convention = convention;
  entry.better = Better::lower;
  entry.check = [](const ImageShape&) {};
  entry.least_samples = least_samples;
  entry.of_posterior = std::move(function);
  return entry;
}

Tensor of_every_image(const PosteriorInputs& inputs,
                      const std::function<double(const Tensor&, const Tensor&)>& distance) {
  std::vector<double> values;
  for (std::int64_t b = 0; b < inputs.samples.size(0); ++b)
    values.push_back(
        distance(inputs.samples[b].to(at::kDouble).flatten(1), inputs.draws[b].to(at::kDouble).flatten(1)));
  return at::tensor(values, at::kDouble);
}

}  // namespace dpsbench
