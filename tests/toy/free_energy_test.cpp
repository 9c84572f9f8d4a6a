#include "toy/free_energy.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

TEST(FreeEnergy, IsMinusTheLogarithmOfTheDensity) {
  const Tensor profile = free_energy(at::tensor({0.2, 0.8, 0.0}, at::kDouble), 0.1);
  EXPECT_NEAR(profile[0].item<double>(), -std::log(2.0), 1e-15);
  EXPECT_NEAR(profile[1].item<double>(), -std::log(8.0), 1e-15);
  EXPECT_TRUE(std::isinf(profile[2].item<double>()));
}

TEST(DoubleWellOf, FindsTheTwoDeepestMinimaAndTheBarrier) {
  const DoubleWell found = double_well_of(at::tensor({5.0, 1.0, 4.0, 3.0, 6.0, 0.5, 2.0, 1.9, 7.0}, at::kDouble));
  EXPECT_EQ(found.first, 1);
  EXPECT_EQ(found.barrier, 4);
  EXPECT_EQ(found.second, 5);
}

TEST(DoubleWellOf, RefusesASingleWell) {
  EXPECT_THROW((void)double_well_of(at::tensor({3.0, 1.0, 0.0, 2.0}, at::kDouble)), Error);
}

TEST(ProfileErrorOf, LooksOnlyNearTheMinimumAndCountsEmptyBins) {
  const double infinite = std::numeric_limits<double>::infinity();
  const Tensor truth = at::tensor({0.0, 1.0, 2.0, 6.0, 6.5}, at::kDouble);
  const Tensor estimate = at::tensor({0.3, 1.0, 1.6, infinite, 99.0}, at::kDouble);
  const ProfileError error = profile_error(estimate, truth, 6);
  EXPECT_NEAR(error.root_mean_square, std::sqrt((0.09 + 0.16) / 3), 1e-12);
  EXPECT_NEAR(error.greatest, 0.4, 1e-12);
  EXPECT_EQ(error.bins, 4);
  EXPECT_EQ(error.empty, 1);
}

}  // namespace
}  // namespace dpsbench
