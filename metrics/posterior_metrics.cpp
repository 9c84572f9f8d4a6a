#include "metrics/posterior_metrics.h"

#include "core/error.h"
#include "core/noise.h"
#include "metrics/coverage.h"
#include "metrics/mmd.h"
#include "metrics/posterior_errors.h"
#include "metrics/sliced_wasserstein.h"

namespace dpsbench {
namespace {

constexpr std::int64_t direction_count = 200;

/// A distance of two sets of points [S, D] and [M, D], for every image.
template <typename Distance>
Tensor of_every_image(const PosteriorInputs& inputs, const Distance& distance) {
  std::vector<double> values;
  for (std::int64_t b = 0; b < inputs.samples.size(0); ++b)
    values.push_back(
        distance(inputs.samples[b].to(at::kDouble).flatten(1), inputs.draws[b].to(at::kDouble).flatten(1)));
  return at::tensor(values, at::kDouble);
}

/// The same directions for every image and sampler: what they are compared along.
double distance_along_directions(const Tensor& samples, const Tensor& draws) {
  static const PhiloxNoise directions(0, {{"directions", "of every image"}});
  return sliced_wasserstein(samples, draws, 2, direction_count, directions).mean;
}

double discrepancy(const Tensor& samples, const Tensor& draws) {
  const auto pixels = static_cast<double>(draws.size(1));
  const double least = std::sqrt(2 * pixels * rounding_variance);  // of draws that rounding alone tells apart
  const bool spread = at::pdist(draws).median().item<double>() > least;
  return gaussian_mmd2(samples, draws, spread ? median_distance(draws) : least);
}

MetricEntry entry_of(const std::string& name, const std::string& title, const std::string& convention,
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

MetricEntry coverage_entry(const std::string& name, double level, std::int64_t least_samples) {
  MetricEntry entry = entry_of(
      name, fmt::format("Coverage {:.0f} %", 100 * level),
      fmt::format("the share of pixels whose true value lies in the central {:.0f} % interval of the image's samples, "
                  "ranks interpolated so that exact samples have it on average whatever their number",
                  100 * level),
      least_samples,
      [level](const PosteriorInputs& inputs) { return central_coverage(inputs.samples, inputs.truth, level); });
  entry.better = Better::near_target;
  entry.target = level;
  return entry;
}

}  // namespace

std::vector<MetricEntry> posterior_metrics() {
  std::vector<MetricEntry> list;
  list.push_back(
      entry_of("mmse_gap", "MMSE gap",
               "10 log10 of the squared error of the samples' mean over that of the exact posterior mean; "
               "the variance of a mean of S samples is taken out: exact samples have 0",
               2, [](const PosteriorInputs& inputs) { return mmse_gap(inputs.samples, inputs.mean, inputs.truth); }));
  list.back().unit = "dB";
  list.back().decimals = 2;
  list.push_back(entry_of(
      "mean_error", "Mean error",
      "rms over pixels of the samples' mean minus the exact mean, over the posterior's rms "
      "deviation; S exact samples have 1 / sqrt(S)",
      2, [](const PosteriorInputs& inputs) { return mean_error(inputs.samples, inputs.mean, inputs.deviation); }));
  list.push_back(
      entry_of("deviation_error", "Deviation error",
               "rms over pixels of the samples' standard deviation minus the exact one, over the rms of the "
               "latter; S exact samples have about 1 / sqrt(2 S)",
               2, [](const PosteriorInputs& inputs) { return deviation_error(inputs.samples, inputs.deviation); }));
  list.push_back(coverage_entry("coverage_50", 0.5, 3));
  list.push_back(coverage_entry("coverage_90", 0.9, 19));
  list.push_back(
      entry_of("sliced_wasserstein", "Sliced W2",
               fmt::format("sliced 2-Wasserstein distance to exact draws over {} directions, the same for "
                           "all images, [-1, 1] images",
                           direction_count),
               2, [](const PosteriorInputs& inputs) { return of_every_image(inputs, distance_along_directions); }));
  list.back().decimals = 4;
  list.push_back(entry_of("mmd", "MMD²",
                          "squared maximum mean discrepancy from exact draws, Gaussian kernel as wide as their median "
                          "distance, unbiased: exact samples have 0 on average",
                          2, [](const PosteriorInputs& inputs) { return of_every_image(inputs, discrepancy); }));
  list.back().decimals = 4;
  list.push_back(entry_of(
      "mode_weight_distance", "Mode weights",
      "total variation distance, 0 to 1, of the samples' mean shares of the posterior's modes from "
      "their exact weights",
      2, [](const PosteriorInputs& inputs) { return mode_weight_distance(inputs.mode_shares, inputs.mode_weights); }));
  list.back().needs_modes = true;
  return list;
}

}  // namespace dpsbench
