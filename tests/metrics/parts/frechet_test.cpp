#include "metrics/parts/frechet.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace dpsbench {
namespace {

Tensor features(std::int64_t n, double power) { return at::arange(3 * n, at::kDouble).pow(power).view({n, 3}); }

// numpy.cov and scipy.linalg.sqrtm(c1 @ c2)
TEST(FrechetDistance, AgreesWithScipysMatrixRoot) {
  const Tensor first = features(20, 1.3).sin();
  const Tensor second = 0.5 + 0.7 * features(15, 1.2).cos();
  EXPECT_NEAR(frechet_distance(first, second), 1.3734825070931413, 1e-10);
  EXPECT_NEAR(frechet_distance(second, first), 1.3734825070931413, 1e-10);
}

TEST(FrechetDistance, OfAShiftIsItsSquareAndOfAScalingTheDeviationsDifference) {
  const Tensor x = features(20, 1.3).sin();
  const Tensor shift = at::tensor({1.0, 2.0, -2.0}, at::kDouble);
  EXPECT_NEAR(frechet_distance(x, x + shift), 9, 1e-10);
  const Tensor centred = x - x.mean(0);
  const double variance = centred.square().sum().item<double>() / 19;
  EXPECT_NEAR(frechet_distance(centred, 3 * centred), 4 * variance, 1e-9);
}

TEST(FrechetDistance, IsDefinedForFewerSamplesThanFeatures) {
  const Tensor x = at::arange(60, at::kDouble).pow(1.3).sin().view({3, 20});
  EXPECT_NEAR(frechet_distance(x, x), 0, 1e-6);
}

TEST(FrechetDistance, RefusesOtherShapes) {
  EXPECT_THROW((void)frechet_distance(at::ones({5, 2}), at::ones({5, 3})), Error);
  EXPECT_THROW((void)frechet_distance(at::ones({5, 2}), at::ones({1, 2})), Error);
}

}  // namespace
}  // namespace dpsbench
