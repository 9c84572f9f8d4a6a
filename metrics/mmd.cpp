#include "metrics/parts/mmd.h"

#include "metrics/parts/posterior_entry.h"
#include "metrics/parts/posterior_errors.h"

namespace dpsbench {
namespace {

double discrepancy(const Tensor& samples, const Tensor& draws) {
  const auto pixels = static_cast<double>(draws.size(1));
  const double least = std::sqrt(2 * pixels * rounding_variance);  // of draws that rounding alone tells apart
  const bool spread = at::pdist(draws).median().item<double>() > least;
  return gaussian_mmd2(samples, draws, spread ? median_distance(draws) : least);
}

}  // namespace

MetricEntry mmd_metric() {
  MetricEntry entry =
      posterior_entry("mmd", "MMD²",
                      "squared maximum mean discrepancy from exact draws, Gaussian kernel as wide as their median "
                      "distance, unbiased: exact samples have 0 on average",
                      2, [](const PosteriorInputs& inputs) { return of_every_image(inputs, discrepancy); });
  entry.decimals = 4;
  return entry;
}

}  // namespace dpsbench
