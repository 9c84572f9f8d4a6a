#include "metrics/ssim.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "metrics/parts/metric_entry.h"
#include "metrics/parts/unit_images.h"

namespace dpsbench {
namespace {

constexpr double window_deviation = 1.5;
constexpr double c1 = 0.01 * 0.01;
constexpr double c2 = 0.03 * 0.03;

Tensor window_profile(const TensorOptions& options) {
  const Tensor place = at::arange(ssim_window, options) - (ssim_window - 1) / 2;
  const Tensor weights = (-place.square() / (2 * window_deviation * window_deviation)).exp();
  return weights / weights.sum();
}

/// Gaussian average at every position where the window fits: [N, 1, H, W] -> [N, 1, H - 10, W - 10]. The window is the
/// product of its two profiles.
Tensor window_mean(const Tensor& planes, const Tensor& profile) {
  const Tensor rows = at::conv2d(planes, profile.view({1, 1, ssim_window, 1}));
  return at::conv2d(rows, profile.view({1, 1, 1, ssim_window}));
}

std::int64_t averaging_factor(std::int64_t shorter_side) {
  // nearbyint rounds halves to even, as Python's round does
  return std::max<std::int64_t>(1, static_cast<std::int64_t>(std::nearbyint(static_cast<double>(shorter_side) / 256)));
}

}  // namespace

SimilarityTerms similarity_terms(const Tensor& sample, const Tensor& reference) {
  const std::int64_t batch = sample.size(0);
  const std::int64_t channels = sample.size(1);
  const Tensor x = sample.reshape({batch * channels, 1, sample.size(2), sample.size(3)});
  const Tensor y = reference.reshape(x.sizes());
  const Tensor profile = window_profile(x.options());

  const Tensor mean_x = window_mean(x, profile);
  const Tensor mean_y = window_mean(y, profile);
  const Tensor mean_xy = mean_x * mean_y;
  const Tensor mean_squares = mean_x.square() + mean_y.square();
  const Tensor covariance = window_mean(x * y, profile) - mean_xy;
  const Tensor variances = window_mean(x.square() + y.square(), profile) - mean_squares;

  const Tensor contrast = (2 * covariance + c2) / (variances + c2);
  const Tensor luminance = (2 * mean_xy + c1) / (mean_squares + c1);
  const auto mean_of = [&](const Tensor& map) { return map.flatten(1).mean(1).view({batch, channels}); };
  return {mean_of(luminance * contrast), mean_of(contrast)};
}

Tensor ssim(const Tensor& sample, const Tensor& reference) {
  check_unit_images(sample, reference);
  const std::int64_t shorter_side = std::min(sample.size(2), sample.size(3));
  if (shorter_side < ssim_window)
    throw Error(fmt::format("SSIM needs images of at least {0} x {0} pixels; these have {1} x {2}", ssim_window,
                            sample.size(2), sample.size(3)));
  const std::int64_t factor = averaging_factor(shorter_side);
  const auto scaled = [factor](const Tensor& images) {
    const Tensor exact = images.to(at::kDouble);
    return factor == 1 ? exact : at::avg_pool2d(exact, {factor, factor}, {factor, factor});
  };
  return similarity_terms(scaled(sample), scaled(reference)).ssim.mean(1);
}

MetricEntry ssim_metric() {
  return {.name = "ssim",
          .title = "SSIM",
          .unit = "",
          .convention =
              "[0, 1] images, data range 1, 11 x 11 Gaussian window sigma 1.5, K 0.01 0.03, biased "
              "covariance, mean over channels; shorter sides over 383 averaged down (piq 0.8.0)",
          .better = Better::higher,
          .decimals = 3,
          .weights = {},
          .check = at_least("ssim", ssim_window),
          .make = pairwise(ssim)};
}

}  // namespace dpsbench
