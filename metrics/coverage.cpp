#include "metrics/parts/coverage.h"

#include <fmt/format.h>

#include "metrics/parts/posterior_entry.h"

namespace dpsbench {
namespace {

MetricEntry coverage_entry(const std::string& name, double level, std::int64_t least_samples) {
  MetricEntry entry = posterior_entry(
      name, fmt::format("Coverage {:.0f} %", 100 * level),
      fmt::format(
          "the share of pixels whose true value lies in the central {:.0f} % interval of the image's samples, "
          "ranks interpolated and equals ranked at random so that exact samples have it on average whatever their "
          "number; it aims at the level in the mean over images, not of each",
          100 * level),
      least_samples,
      [level](const PosteriorInputs& inputs) { return central_coverage(inputs.samples, inputs.truth, level); });
  entry.better = Better::near_target;
  entry.target = level;
  return entry;
}

}  // namespace

MetricEntry coverage_50_metric() { return coverage_entry("coverage_50", 0.5, 3); }

MetricEntry coverage_90_metric() { return coverage_entry("coverage_90", 0.9, 19); }

}  // namespace dpsbench
