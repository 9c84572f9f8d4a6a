#include "core/noise_kind.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

PhiloxNoise noise_of_images(std::int64_t first, std::int64_t count) {
  std::vector<StreamId> streams;
  for (std::int64_t i = first; i < first + count; ++i) streams.push_back({"test", std::to_string(i)});
  return {3, streams};
}

TEST(PhotonCounts, AreTheQuantilesOfPoissonsLaw) {
  // P(N <= k) of mean 2: 0.1353, 0.4060, 0.6767, 0.8571, 0.9473
  const Tensor uniform = at::tensor({1e-9, 0.135, 0.136, 0.4, 0.41, 0.67, 0.68, 0.857, 0.858, 0.947}, at::kDouble);
  const Tensor wanted = at::tensor({0, 0, 1, 1, 2, 2, 3, 3, 4, 4}, at::kLong).to(at::kDouble);
  EXPECT_TRUE(photon_counts(at::full_like(uniform, 2), uniform).equal(wanted));
  EXPECT_TRUE(photon_counts(at::zeros_like(uniform), uniform).equal(at::zeros_like(uniform)));  // no light
}

TEST(PhotonCounts, SumUpThePmfByHand) {
  for (const double mean : {0.02, 0.7, 5.5, 40.0, 255.0}) {
    const Tensor uniform = at::arange(0.5, 200, at::kDouble) / 200;
    const Tensor counts = photon_counts(at::full_like(uniform, mean), uniform);
    double below = 0;
    std::int64_t k = 0;
    for (std::int64_t i = 0; i < uniform.size(0); ++i) {
      const auto u = uniform[i].item<double>();
      const auto pmf = [&] { return std::exp(-mean + static_cast<double>(k) * std::log(mean) - std::lgamma(k + 1)); };
      while (below + pmf() < u) {
        below += pmf();
        ++k;
      }
      ASSERT_EQ(counts[i].item<double>(), static_cast<double>(k)) << mean << " " << u;
    }
  }
}

TEST(PhotonCounts, OfAPictureHaveItsMeanAndTheVarianceOfTheirMean) {
  const PhiloxNoise noise = noise_of_images(0, 1);
  constexpr std::int64_t count = 40000;
  for (const double sigma_y : {0.02, 0.2, 1.0})
    for (const double level : {-0.5, 0.0, 1.0}) {
      const Tensor y = counted_picture(at::full({1, 1, 200, 200}, level, at::kDouble), sigma_y, noise);
      const double variance = sigma_y * sigma_y * (level + 1) / 2;
      EXPECT_NEAR(y.mean().item<double>(), level, 4 * std::sqrt(variance / count)) << sigma_y;
      // the variance of a variance has the fourth moment 3 m^2 + m of Poisson's law
      const double photons = 4 / (sigma_y * sigma_y) * (level + 1) / 2;
      EXPECT_NEAR(y.var().item<double>() / variance, 1, 4 * std::sqrt((2 + 1 / photons) / count)) << sigma_y;
      const Tensor counted = (y + 1) / 2 * (4 / (sigma_y * sigma_y));
      EXPECT_LT((counted - counted.round()).abs().max().item<double>(), 1e-6 * photons);
    }
  EXPECT_TRUE((counted_picture(at::full({1, 1, 4, 4}, -1.5), 0.1, noise) == -1).all().item<bool>());  // below black
}

TEST(PhotonCounts, OfAnImageDoNotKnowItsBatch) {
  const Tensor pictures = at::linspace(-1, 1, 3 * 2 * 30).reshape({3, 2, 5, 6});
  const Tensor together = counted_picture(pictures, 0.1, noise_of_images(0, 3));
  for (std::int64_t i = 0; i < 3; ++i)
    EXPECT_TRUE(counted_picture(pictures.slice(0, i, i + 1), 0.1, noise_of_images(i, 1))[0].equal(together[i]));
  EXPECT_FALSE(counted_picture(pictures, 0.1, noise_of_images(3, 3)).equal(together));
}

TEST(Speckle, OfAPictureHasItsMeanAndADeviationThatGrowsWithBrightness) {
  const PhiloxNoise noise = noise_of_images(0, 1);
  constexpr std::int64_t count = 40000;
  for (const double sigma_y : {0.02, 0.3, 1.0})
    for (const double level : {-0.75, 0.0, 1.0}) {
      const Tensor y = speckled_picture(at::full({1, 1, 200, 200}, level, at::kDouble), sigma_y, noise);
      const double deviation = sigma_y * (level + 1) / 2;
      EXPECT_NEAR(y.mean().item<double>(), level, 4 * deviation / std::sqrt(count)) << sigma_y;
      EXPECT_NEAR(y.var().item<double>() / (deviation * deviation), 1, 4 * std::sqrt(2.0 / count)) << sigma_y;
    }
}

TEST(Speckle, MultipliesBrightness) {
  const PhiloxNoise noise = noise_of_images(0, 2);
  const std::vector<std::int64_t> shape = {1, 5, 6};
  const Tensor n = noise.normal(Purpose::measurement, 0, shape, at::kDouble);
  const Tensor picture = at::linspace(-1.2, 1.4, 60, at::kDouble).reshape({2, 1, 5, 6});
  const Tensor brightness = (picture + 1) / 2;
  const Tensor by_hand = 2 * (brightness + brightness * n * 0.15) - 1;  // J + n J, as of pictures in [0, 1]
  EXPECT_TRUE(at::allclose(speckled_picture(picture, 0.3, noise), by_hand, 0, 1e-14));
  const Tensor black = at::full_like(picture, -1);
  EXPECT_TRUE(speckled_picture(black, 0.3, noise).equal(black));
  const Tensor white = at::ones_like(picture);
  EXPECT_TRUE(speckled_picture(white, 0.3, noise).equal(white + n * 0.3));  // Gaussian noise to the bit
}

TEST(Speckle, OfAnImageDoesNotKnowItsBatch) {
  const Tensor pictures = at::linspace(-1, 1, 3 * 2 * 30).reshape({3, 2, 5, 6});
  const Tensor together = speckled_picture(pictures, 0.3, noise_of_images(0, 3));
  for (std::int64_t i = 0; i < 3; ++i)
    EXPECT_TRUE(speckled_picture(pictures.slice(0, i, i + 1), 0.3, noise_of_images(i, 1))[0].equal(together[i]));
  EXPECT_FALSE(speckled_picture(pictures, 0.3, noise_of_images(3, 3)).equal(together));
}

TEST(NoiseKind, KnowsTheVarianceOfWhatWasMeasured) {
  const Tensor y = at::tensor({1.0, 0.0, -0.5, -1.0, -1.6}, at::kDouble);  // brightness 1, 0.5, 0.25, 0, -0.3
  const Tensor of_photons = at::tensor({1.0, 0.5, 0.25, 0.04, 0.04}, at::kDouble);
  EXPECT_TRUE(at::allclose(relative_variance(y, 0.4, NoiseKind::poisson), of_photons, 0, 1e-15));
  const Tensor of_speckle = at::tensor({1.0, 0.25, 0.0625, 0.04, 0.09}, at::kDouble);
  EXPECT_TRUE(at::allclose(relative_variance(y, 0.4, NoiseKind::speckle), of_speckle, 0, 1e-15));
}

TEST(NoiseKind, IsCalledAsExperimentsCallIt) {
  for (const NoiseKind kind : {NoiseKind::gaussian, NoiseKind::poisson, NoiseKind::speckle})
    EXPECT_EQ(noise_kind_of(to_text(kind)), kind);
  EXPECT_THROW((void)noise_kind_of("salt"), Error);
}

}  // namespace
}  // namespace dpsbench
