#include "metrics/parts/posterior_entry.h"
#include "metrics/parts/posterior_errors.h"

namespace dpsbench {

MetricEntry mode_weight_distance_metric() {
  MetricEntry entry = posterior_entry(
      "mode_weight_distance", "Mode weights",
      "total variation distance, 0 to 1, of the samples' mean shares of the posterior's modes from "
      "their exact weights",
      2, [](const PosteriorInputs& inputs) { return mode_weight_distance(inputs.mode_shares, inputs.mode_weights); });
  entry.needs_modes = true;
  return entry;
}

}  // namespace dpsbench
