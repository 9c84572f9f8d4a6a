#include "tasks/parts/poisson_noise.h"

#include <gtest/gtest.h>

#include <boost/math/distributions/poisson.hpp>

#include "tests/tasks/operator_cases.h"

namespace dpsbench {
namespace {

std::unique_ptr<Operator> denoising(const Noise& noise, const ImageShape& shape) {
  return OperatorCase{.task = "denoising", .options = {}, .shape = shape}.bind(noise, at::kDouble);
}

/// The photons counted in images of one brightness in [0, 1]: [40000], double.
Tensor counts_at(double brightness, double rate) {
  const PhiloxNoise noise = noise_of({"a"});
  const ImageShape shape{1, 200, 200};
  const Tensor x = at::full({1, 1, 200, 200}, 2 * brightness - 1, at::kDouble);
  const Tensor y = measure_poisson(*denoising(noise, shape), x, rate, noise);
  return ((y + 1) * (255 * rate / 2)).flatten();
}

TEST(PoissonNoise, CountsWithTheRightMeanAndVariance) {
  for (const double brightness : {0.01, 0.1, 0.5}) {
    const Tensor counts = counts_at(brightness, 1);
    const double mean = 255 * brightness;
    const double n = 40000;
    EXPECT_LT((counts - counts.round()).abs().max().item<double>(), 1e-10);
    EXPECT_NEAR(counts.mean().item<double>(), mean, 4 * std::sqrt(mean / n)) << brightness;
    const double variance_deviation = std::sqrt((2 * mean * mean + mean) / n);  // fourth moment of the Poisson law
    EXPECT_NEAR(counts.var().item<double>(), mean, 4 * variance_deviation) << brightness;
  }
}

TEST(PoissonNoise, CountsWithPoissonsProbabilities) {
  const double mean = 3.3;
  const Tensor counts = counts_at(mean / 255, 1).round();
  const boost::math::poisson_distribution<double> law(mean);
  double chi_square = 0;
  for (int k = 0; k < 10; ++k) {
    const double expected = 40000 * boost::math::pdf(law, k);
    const double difference = (counts == k).sum().item<double>() - expected;
    chi_square += difference * difference / expected;
  }
  EXPECT_LT(chi_square, 30);  // ten cells: exceeded by chance once in a thousand
  EXPECT_GT(chi_square, 0.5);
}

TEST(PoissonNoise, IsSmallerAtHigherRates) {
  const double coarse = (counts_at(0.4, 0.5) / (0.5 * 255)).std().item<double>();
  const double fine = (counts_at(0.4, 8) / (8 * 255)).std().item<double>();
  EXPECT_NEAR(coarse / fine, 4, 0.1);
}

TEST(PoissonNoise, StaysInRangeAndLeavesBlackBlack) {
  const PhiloxNoise noise = noise_of({"a"});
  const Tensor x = at::tensor({-1.7, -1.0, 1.0, 3.0}, at::kDouble).reshape({1, 1, 2, 2});
  const Tensor y = measure_poisson(*denoising(noise, {1, 2, 2}), x, 1, noise).flatten();
  EXPECT_EQ(y[0].item<double>(), -1);
  EXPECT_EQ(y[1].item<double>(), -1);
  EXPECT_LE(y.max().item<double>(), 1);
}

TEST(PoissonNoise, IsTheImagesOwn) {
  const Tensor x = trial(noise_of({"a", "b"}), 1, {3, 8, 8}, at::kDouble) * 0.3;
  const PhiloxNoise both = noise_of({"a", "b"});
  const PhiloxNoise second = noise_of({"b"});
  const Tensor y = measure_poisson(*denoising(both, {3, 8, 8}), x, 1, both);
  const Tensor alone = measure_poisson(*denoising(second, {3, 8, 8}), x.slice(0, 1, 2), 1, second);
  EXPECT_TRUE(at::equal(y.slice(0, 1, 2), alone));
}

TEST(PoissonNoise, LeavesHiddenPixelsZero) {
  const PhiloxNoise noise = noise_of({"a"});
  const auto op = OperatorCase{.task = "inpainting", .options = {}, .shape = {3, 8, 8}}.bind(noise, at::kDouble);
  const Tensor x = trial(noise, 1, {3, 8, 8}, at::kDouble) * 0.3;
  const Tensor y = measure_poisson(*op, x, 1, noise);
  EXPECT_TRUE(at::equal(y, y * op->measured()));
  EXPECT_GT(y.abs().sum().item<double>(), 0);
}

}  // namespace
}  // namespace dpsbench
