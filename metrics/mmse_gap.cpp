#include "metrics/parts/posterior_entry.h"
#include "metrics/parts/posterior_errors.h"

namespace dpsbench {

MetricEntry mmse_gap_metric() {
  MetricEntry entry = posterior_entry(
      "mmse_gap", "MMSE gap",
      "10 log10 of the squared error of the samples' mean over that of the exact posterior mean; "
      "the variance of a mean of S samples is taken out. Exact samples have 0 up to the noise of a ratio: a mean below "
      "0 "
      "where few directions are uncertain (-6 dB for one and 20 samples), so hold it against exact draws",
      2, [](const PosteriorInputs& inputs) { return mmse_gap(inputs.samples, inputs.mean, inputs.truth); });
  entry.unit = "dB";
  entry.decimals = 2;
  return entry;
}

}  // namespace dpsbench
