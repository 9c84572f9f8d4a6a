#include "training/pixel_noise_loss.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "core/noise.h"

namespace dpsbench {
namespace {

const TensorOptions kInDouble = at::TensorOptions(at::kDouble);

/// Pixels of N(0, deviation^2) seen through noise of two levels.
struct Pixels {
  static constexpr std::int64_t images = 4000;
  static constexpr double deviation = 0.4;

  PixelNoise levels;
  Tensor x0, n, x, v;

  Pixels() {
    std::vector<StreamId> streams;
    for (std::int64_t k = 0; k < images; ++k) streams.push_back({"pixels", "", k});
    const PhiloxNoise noise(3, streams);
    const Tensor left = at::arange(8, kInDouble) < 4;
    levels = PixelNoise::of(at::where(left, at::full({}, 0.1, kInDouble), at::full({}, 3.0, kInDouble))
                                .view({1, 1, 1, 8})
                                .expand({images, 1, 8, 8}));
    x0 = noise.normal(Purpose::training, 0, {3, 8, 8}, kInDouble) * deviation;
    n = noise.normal(Purpose::training, 1, {3, 8, 8}, kInDouble);
    x = noised_pixels(x0, n, levels);
    v = velocity(x0, n, levels);
  }

  /// Of x = a x_0 + b n: E[v | x] = factor x, and the variance of v given x, in closed form.
  [[nodiscard]] Tensor variance_of_x() const {
    return levels.signal.square() * (deviation * deviation) + levels.noise.square();
  }
  [[nodiscard]] Tensor factor() const {
    return levels.signal * levels.noise * (1 - deviation * deviation) / variance_of_x();
  }
  [[nodiscard]] Tensor variance() const { return deviation * deviation / variance_of_x(); }
};

TEST(PixelNoise, VelocityAndStateGiveImageAndNoiseBack) {
  const Pixels pixels;
  const auto& [sigma, a, b] = pixels.levels;
  EXPECT_TRUE(at::allclose(a * pixels.x - b * pixels.v, pixels.x0, 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(a * pixels.v + b * pixels.x, pixels.n, 1e-12, 1e-12));
  EXPECT_TRUE(at::allclose(pixels.x / a, pixels.x0 + sigma * pixels.n, 1e-12, 1e-12));
}

TEST(PixelNoiseLoss, OfThePosteriorMeanIsThePosteriorsVariance) {
  const Pixels pixels;
  const double expected = pixels.variance().mean().item<double>();
  const double loss = pixel_noise_loss(pixels.factor() * pixels.x, pixels.v).item<double>();
  // the variance of a mean of squares of independent normal numbers
  const double error = std::sqrt(2 * pixels.variance().square().mean().item<double>() / (3.0 * 64 * Pixels::images));
  EXPECT_NEAR(loss, expected, 4 * error);
}

TEST(PixelNoiseLoss, OfMeanAndVarianceIsLeastAtThePosteriorsOwn) {
  const Pixels pixels;
  const Tensor log_variance = pixels.variance().log().expand_as(pixels.v);
  const Tensor best = pixels.factor() * pixels.x;
  Tensor more_mean = at::zeros({}, kInDouble).requires_grad_(true);
  Tensor more_variance = at::zeros({}, kInDouble).requires_grad_(true);
  const Tensor output = at::cat({best + more_mean * pixels.x, log_variance + more_variance}, 1);
  const Tensor loss = pixel_noise_loss(output, pixels.v);
  const auto gradients = torch::autograd::grad({loss}, {more_mean, more_variance});
  // both are means over independent numbers: standard errors from the numbers themselves
  const Tensor weight = pixels.variance().sqrt();
  const Tensor error = pixels.v - best;
  const Tensor of_mean = -2 * error * pixels.x / weight;
  const Tensor of_variance = (1 - error.square() / pixels.variance()) * weight;
  const auto standard_error = [](const Tensor& t) {
    return t.std().item<double>() / std::sqrt(static_cast<double>(t.numel()));
  };
  EXPECT_NEAR(gradients[0].item<double>(), of_mean.mean().item<double>(), 1e-12);
  EXPECT_LT(std::abs(gradients[0].item<double>()), 4 * standard_error(of_mean));
  EXPECT_NEAR(gradients[1].item<double>(), of_variance.mean().item<double>(), 1e-12);
  EXPECT_LT(std::abs(gradients[1].item<double>()), 4 * standard_error(of_variance));
}

TEST(NoiseMap, IsToldAsThreeChannelsAndTwoTimes) {
  const Tensor sigma = at::tensor({0.005, 1.0, 160.0, 0.001}, kInDouble).view({2, 1, 1, 2});
  const PixelNoise levels = PixelNoise::of(sigma);
  const Tensor input = network_input(at::ones({2, 3, 1, 2}, kInDouble), levels);
  ASSERT_EQ(input.sizes(), at::IntArrayRef({2, 6, 1, 2}));
  EXPECT_NEAR(input[0][3][0][0].item<double>(), std::log(0.005) / 4, 1e-12);
  EXPECT_NEAR(input[1][3][0][1].item<double>(), std::log(0.005) / 4, 1e-12) << "the least that is told";
  EXPECT_NEAR(input[0][4][0][1].item<double>(), std::sqrt(0.5), 1e-12);
  EXPECT_NEAR(input[0][5][0][1].item<double>(), std::sqrt(0.5), 1e-12);
  const Tensor times = noise_times(levels);
  EXPECT_NEAR(times[0][0].item<double>(), 0, 1e-9);
  EXPECT_NEAR(times[0][1].item<double>(), 999 * std::log(1 / 0.005) / std::log(160 / 0.005), 1e-9);
  EXPECT_NEAR(times[1][1].item<double>(), 999, 1e-9);
}

}  // namespace
}  // namespace dpsbench
