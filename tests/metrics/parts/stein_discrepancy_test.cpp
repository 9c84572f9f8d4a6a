#include "metrics/parts/stein_discrepancy.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/noise.h"
#include "metrics/registry.h"

namespace dpsbench {
namespace {

constexpr std::int64_t judged = 400;

Tensor normal(const std::string& what, const std::vector<std::int64_t>& shape) {
  return PhiloxNoise(5, {{what, ""}}).normal(Purpose::bootstrap, 0, shape, at::kDouble)[0];
}

/// Posteriors N(mean, deviation^2) of 1 x 4 x 4 pixels with samples off by `shift` deviations and `spread` times as
/// wide.
ScoreInputs inputs_of(double shift, double spread, std::int64_t count = 20) {
  const Tensor mean = normal("mean", {judged, 1, 1, 4, 4});
  const Tensor deviation = at::linspace(0.1, 0.5, 16, at::kDouble).view({1, 1, 1, 4, 4});
  const Tensor z = normal("samples", {judged, count, 1, 4, 4}) * spread + shift;
  return {mean + deviation * z, -z / deviation, 0.3};
}

TEST(SteinDiscrepancy, IsTheSteinKernelByFiniteDifferences) {
  const double width = 0.7;
  const Tensor x = normal("x", {3, 5}) * 0.4;
  const Tensor s = normal("s", {3, 5});
  const auto kernel = [&](const Tensor& a, const Tensor& b) {
    return std::pow(1 + (a - b).square().sum().item<double>() / (width * width), -0.5);
  };
  const double h = 1e-4;
  const Tensor axes = at::eye(5, at::kDouble) * h;
  double sum = 0;
  for (const std::int64_t i : {0, 1, 2})
    for (const std::int64_t j : {0, 1, 2}) {
      if (i == j) continue;
      sum += s[i].dot(s[j]).item<double>() * kernel(x[i], x[j]);
      for (std::int64_t d = 0; d < 5; ++d) {
        const Tensor e = axes[d];
        sum += s[i][d].item<double>() * (kernel(x[i], x[j] + e) - kernel(x[i], x[j] - e)) / (2 * h);
        sum += s[j][d].item<double>() * (kernel(x[i] + e, x[j]) - kernel(x[i] - e, x[j])) / (2 * h);
        sum += (kernel(x[i] + e, x[j] + e) - kernel(x[i] + e, x[j] - e) - kernel(x[i] - e, x[j] + e) +
                kernel(x[i] - e, x[j] - e)) /
               (4 * h * h);
      }
    }
  EXPECT_NEAR(stein_discrepancy(x, s, width), sum / 6 / (5 / (width * width)), 1e-6);
}

TEST(SteinDiscrepancy, OfExactSamplesIsZeroOnAverage) {
  const Tensor values = find_metric("stein").of_score(inputs_of(0, 1));
  const double error = values.std().item<double>() / std::sqrt(static_cast<double>(judged));
  EXPECT_NEAR(values.mean().item<double>(), 0, 4 * error);
  EXPECT_LT(error, 0.002);
}

TEST(SteinDiscrepancy, TellsShiftedNarrowAndWideSamples) {
  const auto mean_of = [](const ScoreInputs& inputs) {
    const Tensor values = find_metric("stein").of_score(inputs);
    const double error = values.std().item<double>() / std::sqrt(static_cast<double>(judged));
    return values.mean().item<double>() - 4 * error;  // its lower end
  };
  EXPECT_GT(mean_of(inputs_of(0.5, 1)), 0.05);
  EXPECT_GT(mean_of(inputs_of(0, 0.6)), 0.005);  // a wrong width shows less, and too wide least
  EXPECT_GT(mean_of(inputs_of(0, 2)), 0.001);
}

TEST(SteinDiscrepancy, OfSamplesThatAreAllTheModeIsOne) {
  const Tensor values = find_metric("stein").of_score(inputs_of(0, 0));
  EXPECT_LT((values - 1).abs().max().item<double>(), 1e-6);
}

TEST(SteinDiscrepancy, OfAnImageDoesNotKnowItsBatch) {
  const ScoreInputs all = inputs_of(0.2, 0.9);
  const ScoreInputs one{all.samples.slice(0, 7, 8), all.scores.slice(0, 7, 8), all.sigma_y};
  const MetricEntry& stein = find_metric("stein");
  EXPECT_TRUE(stein.of_score(one)[0].equal(stein.of_score(all)[7]));
}

TEST(SteinDiscrepancy, TakesNoOtherShapes) {
  EXPECT_THROW(stein_discrepancy(at::zeros({1, 4}), at::zeros({1, 4}), 1), Error);
  EXPECT_THROW(stein_discrepancy(at::zeros({3, 4}), at::zeros({3, 5}), 1), Error);
  EXPECT_THROW(stein_discrepancy(at::zeros({3, 4}), at::zeros({3, 4}), 0), Error);
}

}  // namespace
}  // namespace dpsbench
