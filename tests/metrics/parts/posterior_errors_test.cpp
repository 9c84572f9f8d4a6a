#include "metrics/parts/posterior_errors.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "core/noise.h"
#include "metrics/registry.h"
#include "tests/metrics/golden_images.h"

namespace dpsbench {
namespace {

constexpr std::int64_t judged_images = 400;
constexpr std::int64_t samples_an_image = 40;

Tensor numbers(const std::string& what, const std::vector<std::int64_t>& shape) {
  return PhiloxNoise(5, {{what, ""}}).normal(Purpose::bootstrap, 0, shape, at::kDouble)[0];
}

/// Gaussian posteriors of 1 x 4 x 4 pixels with unequal deviations: exact samples, draws and truths.
PosteriorInputs exact_inputs() {
  PosteriorInputs inputs;
  inputs.mean = numbers("mean", {judged_images, 1, 4, 4});
  inputs.deviation = at::linspace(0.1, 0.5, 16, at::kDouble).view({1, 1, 4, 4}).expand_as(inputs.mean);
  const auto drawn = [&](const std::string& what, std::int64_t count) {
    return inputs.mean.unsqueeze(1) + inputs.deviation.unsqueeze(1) * numbers(what, {judged_images, count, 1, 4, 4});
  };
  inputs.samples = drawn("samples", samples_an_image);
  inputs.truth = drawn("truth", 1).squeeze(1);
  inputs.draws = drawn("draws", 100);
  return inputs;
}

/// Mean over images within four standard errors of what is expected.
void expect_mean(const Tensor& values, double expected) {
  const double error = values.std().item<double>() / std::sqrt(static_cast<double>(values.numel()));
  EXPECT_NEAR(values.mean().item<double>(), expected, 4 * error);
}

TEST(PosteriorErrors, AreTheDefinitionsByHand) {
  // one image of two pixels, S = 2; the sample mean is (1, 0), the variances are 2 and 0
  const Tensor samples = at::tensor({0.0, 0.0, 2.0, 0.0}, at::kDouble).view({1, 2, 1, 1, 2});
  const auto image = [](double a, double b) { return at::tensor({a, b}, at::kDouble).view({1, 1, 1, 2}); };
  const double r = rounding_variance;
  // error about the truth ((1 - 3)^2 + 0) / 2 = 2, less (2 + 0) / 2 / 2; of the exact mean (0.5 - 3)^2 / 2
  EXPECT_NEAR(mmse_gap(samples, image(0.5, 0), image(3, 0)).item<double>(), 10 * std::log10((1.5 + r) / (3.125 + r)),
              1e-12);
  EXPECT_NEAR(mean_error(samples, image(0.5, 0), image(0.3, 0.4)).item<double>(), std::sqrt(0.125 / (0.125 + r)),
              1e-12);
  const double off = std::sqrt(2.0) - 0.3;
  EXPECT_NEAR(deviation_error(samples, image(0.3, 0.4)).item<double>(), std::sqrt((off * off + 0.16) / 2 / (0.125 + r)),
              1e-12);
  const Tensor shares = at::tensor({1.0, 0.0, 0.5, 0.5}, at::kDouble).view({1, 2, 2});
  EXPECT_NEAR(mode_weight_distance(shares, at::tensor({0.5, 0.5}, at::kDouble).view({1, 2})).item<double>(), 0.25,
              1e-15);
}

TEST(PosteriorErrors, OfExactSamplesAreWhatTheirNumberLeaves) {
  const PosteriorInputs inputs = exact_inputs();
  const double s = samples_an_image;
  // a ratio of sums of 16 squares: the mean of its logarithm is only near 0
  EXPECT_NEAR(mmse_gap(inputs.samples, inputs.mean, inputs.truth).mean().item<double>(), 0, 0.05);
  EXPECT_NEAR(mean_error(inputs.samples, inputs.mean, inputs.deviation).mean().item<double>(), 1 / std::sqrt(s), 0.004);
  EXPECT_NEAR(deviation_error(inputs.samples, inputs.deviation).mean().item<double>(), 1 / std::sqrt(2 * s), 0.004);
  expect_mean(find_metric("coverage_50").of_posterior(inputs), 0.5);
  expect_mean(find_metric("coverage_90").of_posterior(inputs), 0.9);
  expect_mean(find_metric("mmd").of_posterior(inputs), 0);
}

TEST(PosteriorMetrics, TellSamplersThatAreOffFromExactOnes) {
  const PosteriorInputs exact = exact_inputs();
  PosteriorInputs shifted = exact;
  shifted.samples = exact.samples + 0.2;
  PosteriorInputs narrow = exact;
  narrow.samples = exact.mean.unsqueeze(1) + (exact.samples - exact.mean.unsqueeze(1)) * 0.5;
  const auto mean_of_metric = [](const char* metric, const PosteriorInputs& inputs) {
    return find_metric(metric).of_posterior(inputs).mean().item<double>();
  };
  for (const char* metric : {"mmse_gap", "mean_error", "sliced_wasserstein", "mmd"})
    EXPECT_GT(mean_of_metric(metric, shifted), mean_of_metric(metric, exact) + 0.01) << metric;
  EXPECT_NEAR(mean_of_metric("deviation_error", shifted), mean_of_metric("deviation_error", exact), 1e-12);
  for (const char* metric : {"deviation_error", "sliced_wasserstein", "mmd"})
    EXPECT_GT(mean_of_metric(metric, narrow), mean_of_metric(metric, exact) + 0.01) << metric;
  EXPECT_LT(mean_of_metric("coverage_90", narrow), 0.7);
  EXPECT_LT(mean_of_metric("mean_error", narrow), mean_of_metric("mean_error", exact));  // half the noise, right mean
}

TEST(PosteriorMetrics, AreFiniteForAPosteriorThatIsOneImage) {
  PosteriorInputs inputs = exact_inputs();
  inputs.truth = inputs.mean;
  inputs.deviation = at::zeros_like(inputs.mean);
  inputs.samples = inputs.mean.unsqueeze(1).repeat({1, samples_an_image, 1, 1, 1});
  inputs.draws = inputs.samples;
  for (const char* metric : {"mmse_gap", "mean_error", "deviation_error", "sliced_wasserstein", "mmd"})
    EXPECT_LT(find_metric(metric).of_posterior(inputs).abs().max().item<double>(), 1e-6) << metric;
  expect_mean(find_metric("coverage_90").of_posterior(inputs), 0.9);  // the truth's rank is drawn among its equals
}

TEST(PosteriorErrors, RefuseOneSampleAndOtherShapes) {
  const Tensor mean = at::zeros({2, 1, 4, 4});
  EXPECT_THROW((void)mean_error(at::zeros({2, 1, 1, 4, 4}), mean, mean), Error);
  EXPECT_THROW((void)deviation_error(at::zeros({2, 5, 1, 4, 3}), mean), Error);
}

}  // namespace
}  // namespace dpsbench
