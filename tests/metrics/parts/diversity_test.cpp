#include "metrics/parts/diversity.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

TEST(Diversity, IsTheMeanOfThePixelsDeviations) {
  // pixel 0: 1, 2, 3 (deviation 1); pixel 1: 0, 0, 6 (deviation sqrt 12)
  const Tensor samples = at::tensor({1.0, 0.0, 2.0, 0.0, 3.0, 6.0}, at::kDouble).view({1, 3, 1, 1, 2});
  EXPECT_NEAR(diversity(samples).item<double>(), (1 + std::sqrt(12.0)) / 2, 1e-14);
}

TEST(Diversity, OfEqualSamplesIsZero) {
  EXPECT_EQ(diversity(at::full({2, 4, 3, 5, 5}, 0.5)).abs().max().item<double>(), 0);
}

TEST(Diversity, RefusesSingleSamples) {
  EXPECT_THROW((void)diversity(at::ones({2, 1, 3, 5, 5})), Error);
  EXPECT_THROW((void)diversity(at::ones({2, 3, 5, 5})), Error);
}

}  // namespace
}  // namespace dpsbench
