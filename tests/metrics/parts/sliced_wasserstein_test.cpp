#include "metrics/parts/sliced_wasserstein.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "tests/metrics/golden_images.h"
#include "tests/metrics/point_sets.h"

namespace dpsbench {
namespace {

PhiloxNoise directions_noise(const std::string& id) { return PhiloxNoise(1, {{"directions", id}}); }

// scipy.stats.wasserstein_distance and ot.wasserstein_1d (POT 0.9.7) of each column
TEST(WassersteinPower, AgreesWithScipyAndPotForUnequalSizes) {
  const Tensor a = sine_points(7);
  const Tensor b = cosine_points(5);
  EXPECT_LT(
      largest_difference(wasserstein_power(a, b, 1), at::tensor({0.7410184841372024, 0.3920915724256112}, at::kDouble)),
      1e-12);
  EXPECT_LT(
      largest_difference(wasserstein_power(a, b, 2), at::tensor({0.7324305205784262, 0.2479230546881927}, at::kDouble)),
      1e-12);
  EXPECT_LT(largest_difference(wasserstein_power(a, b, 1.5),
                               at::tensor({0.7196501955502144, 0.3016345101009187}, at::kDouble)),
            1e-12);
}

TEST(WassersteinPower, AgreesWithPotForEqualSizes) {
  EXPECT_LT(largest_difference(wasserstein_power(sine_points(7), cosine_points(7), 1.5),
                               at::tensor({0.43096425834113483, 0.42245289280789716}, at::kDouble)),
            1e-12);
}

// ot.sliced_wasserstein_distance with 20000 directions evenly spread over the half circle
TEST(SlicedWasserstein, ApproachesTheIntegralOverDirections) {
  const SlicedWasserstein first = sliced_wasserstein(sine_points(7), cosine_points(5), 1, 20000, directions_noise("1"));
  EXPECT_NEAR(first.mean, 0.5613548141426994, 0.005);  // one standard error: 0.0015
  EXPECT_NEAR(first.greatest, 0.8304393607505132, 1e-5);
  const SlicedWasserstein second =
      sliced_wasserstein(sine_points(7), cosine_points(5), 2, 20000, directions_noise("2"));
  EXPECT_NEAR(second.mean, 0.6735813246968569, 0.005);
  EXPECT_NEAR(second.greatest, 0.8972234917280574, 1e-5);
}

TEST(SlicedWasserstein, OfAShiftInOneDimensionIsTheShift) {
  const Tensor points = sine_points(9).narrow(1, 0, 1);
  const SlicedWasserstein distance = sliced_wasserstein(points, points + 0.7, 2, 100, directions_noise("shift"));
  EXPECT_NEAR(distance.mean, 0.7, 1e-12);
  EXPECT_NEAR(distance.greatest, 0.7, 1e-12);
}

TEST(SlicedWasserstein, IsTheSameForTheSameStreamAndZeroForEqualSets) {
  const Tensor a = sine_points(7);
  const Tensor b = cosine_points(5);
  EXPECT_EQ(sliced_wasserstein(a, b, 1, 70, directions_noise("x")).mean,
            sliced_wasserstein(a, b, 1, 70, directions_noise("x")).mean);
  EXPECT_NE(sliced_wasserstein(a, b, 1, 70, directions_noise("x")).mean,
            sliced_wasserstein(a, b, 1, 70, directions_noise("y")).mean);
  EXPECT_LT(sliced_wasserstein(a, a.flip(0), 2, 70, directions_noise("x")).mean, 1e-15);
}

TEST(SlicedWasserstein, RefusesOtherShapesAndOrders) {
  EXPECT_THROW((void)sliced_wasserstein(at::ones({3, 2}), at::ones({3, 1}), 1, 10, directions_noise("x")), Error);
  EXPECT_THROW((void)sliced_wasserstein(at::ones({3, 2}), at::ones({3, 2}), 0.5, 10, directions_noise("x")), Error);
  EXPECT_THROW((void)sliced_wasserstein(at::ones({3, 2}), at::ones({3, 2}), 1, 0, directions_noise("x")), Error);
}

}  // namespace
}  // namespace dpsbench
