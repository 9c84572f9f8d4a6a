#include "metrics/parts/posterior_entry.h"
#include "metrics/parts/posterior_errors.h"

namespace dpsbench {

MetricEntry mean_error_metric() {
  return posterior_entry(
      "mean_error", "Mean error",
      "rms over pixels of the samples' mean minus the exact mean, over the posterior's rms "
      "deviation; S exact samples have 1 / sqrt(S)",
      2, [](const PosteriorInputs& inputs) { return mean_error(inputs.samples, inputs.mean, inputs.deviation); });
}

}  // namespace dpsbench
