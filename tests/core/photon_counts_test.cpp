#include "core/photon_counts.h"

#include <gtest/gtest.h>

#include <cmath>

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

}  // namespace
}  // namespace dpsbench
