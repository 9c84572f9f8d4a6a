#include "metrics/parts/posterior_entry.h"
#include "metrics/parts/posterior_errors.h"

namespace dpsbench {

MetricEntry deviation_error_metric() {
  return posterior_entry(
      "deviation_error", "Deviation error",
      "rms over pixels of the samples' standard deviation minus the exact one, over the rms of the "
      "latter; S exact samples have about 1 / sqrt(2 S)",
      2, [](const PosteriorInputs& inputs) { return deviation_error(inputs.samples, inputs.deviation); });
}

}  // namespace dpsbench
