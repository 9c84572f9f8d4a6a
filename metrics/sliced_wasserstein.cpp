#include "metrics/parts/sliced_wasserstein.h"

#include "core/noise.h"
#include "metrics/parts/posterior_entry.h"

namespace dpsbench {
namespace {

constexpr std::int64_t direction_count = 200;

/// The same directions for every image and sampler: what they are compared along.
double distance_along_directions(const Tensor& samples, const Tensor& draws) {
  static const PhiloxNoise directions(0, {{"directions", "of every image"}});
  return sliced_wasserstein(samples, draws, 2, direction_count, directions).mean;
}

}  // namespace

MetricEntry sliced_wasserstein_metric() {
  MetricEntry entry = posterior_entry(
      "sliced_wasserstein", "Sliced W2",
      fmt::format("sliced 2-Wasserstein distance to exact draws over {} directions, the same for "
                  "all images, [-1, 1] images",
                  direction_count),
      2, [](const PosteriorInputs& inputs) { return of_every_image(inputs, distance_along_directions); });
  entry.decimals = 4;
  return entry;
}

}  // namespace dpsbench
