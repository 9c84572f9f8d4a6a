#include "metrics/statistics/correlation.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

// scipy.stats.pearsonr(x, y)
TEST(Correlation, IsScipysWithItsPValue) {
  const Tensor k = at::arange(40, at::kDouble);
  const Tensor x = (k * 1.7).sin();
  const Correlation wave = pearson_correlation(x.view({4, 10}), (0.3 * x + k.square().cos()).view({4, 10}));
  EXPECT_NEAR(wave.r, 0.4410721160805234, 1e-12);
  EXPECT_NEAR(wave.p_value, 0.0043883550512657105, 1e-12);
  EXPECT_EQ(wave.count, 40);
  const Correlation three = pearson_correlation(at::tensor({1.0, 2.0, 4.0}), at::tensor({1.0, 3.0, 2.0}));
  EXPECT_NEAR(three.r, 0.3273268353539885, 1e-12);
  EXPECT_NEAR(three.p_value, 0.7877043849903435, 1e-12);
}

TEST(Correlation, OfProportionalNumbersIsCertain) {
  const Tensor x = at::arange(10, at::kDouble);
  EXPECT_NEAR(pearson_correlation(x, 3 - 2 * x).r, -1, 1e-15);
  EXPECT_LT(pearson_correlation(x, 3 - 2 * x).p_value, 1e-30);
}

TEST(Correlation, WithAConstantIsUndefined) {
  const Correlation constant = pearson_correlation(at::arange(5, at::kDouble), at::ones({5}));
  EXPECT_TRUE(std::isnan(constant.r));
  EXPECT_TRUE(std::isnan(constant.p_value));
}

TEST(Correlation, RefusesOtherShapesAndTwoPairs) {
  EXPECT_THROW((void)pearson_correlation(at::ones({4}), at::ones({5})), Error);
  EXPECT_THROW((void)pearson_correlation(at::ones({2}), at::ones({2})), Error);
}

}  // namespace
}  // namespace dpsbench
