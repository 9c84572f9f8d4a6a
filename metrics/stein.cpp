#include "metrics/parts/metric_entry.h"
#include "metrics/parts/stein_discrepancy.h"

namespace dpsbench {

MetricEntry stein_metric() {
  MetricEntry entry;
  entry.name = "stein";
  entry.title = "KSD²";
  entry.convention =
      "squared kernel Stein discrepancy of the samples from prior and likelihood by their scores, inverse multiquadric "
      "kernel of width sigma_y, unbiased, over D / sigma_y^2: exact samples have 0 on average, samples that are all "
      "one "
      "mode 1";
  entry.better = Better::lower;
  entry.decimals = 5;
  entry.check = [](const ImageShape&) {};
  entry.least_samples = 2;
  entry.of_score = [](const ScoreInputs& inputs) {
    std::vector<double> values;
    for (std::int64_t b = 0; b < inputs.samples.size(0); ++b)
      values.push_back(stein_discrepancy(inputs.samples[b].flatten(1), inputs.scores[b].flatten(1), inputs.sigma_y));
    return at::tensor(values, at::kDouble);
  };
  return entry;
}

}  // namespace dpsbench
