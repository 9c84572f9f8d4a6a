#include "metrics/statistics/paired.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"

namespace dpsbench {
namespace {

// scipy.stats.ttest_rel(a, b) and its confidence_interval(0.95)
TEST(PairedComparison, IsScipysPairedTTest) {
  const std::vector<double> a = {31.2, 28.4, 25.9, 33.1, 29.7, 27.5, 30.0};
  const std::vector<double> b = {30.9, 28.6, 25.1, 32.0, 29.5, 26.9, 29.4};
  const PairedComparison comparison = paired_comparison(a, b);
  EXPECT_NEAR(comparison.t, 3.017012132014779, 1e-10);
  EXPECT_NEAR(comparison.p_value, 0.023487320229209508, 1e-12);
  const MeanInterval& difference = comparison.difference;
  EXPECT_NEAR(difference.mean - difference.half_width, 0.091781483995316, 1e-12);
  EXPECT_NEAR(difference.mean + difference.half_width, 0.8796470874332549, 1e-12);
  EXPECT_NEAR(paired_comparison(b, a).p_value, comparison.p_value, 1e-15);
  EXPECT_NEAR(paired_comparison(b, a).t, -comparison.t, 1e-12);
}

TEST(PairedComparison, OfEqualValuesIsNoEvidenceAndOfAConstantOffsetCertainty) {
  EXPECT_EQ(paired_comparison({1, 2, 3}, {1, 2, 3}).p_value, 1);
  EXPECT_EQ(paired_comparison({2, 3, 4}, {1, 2, 3}).p_value, 0);
}

TEST(PairedComparison, OfOneImageTellsNothing) {
  const PairedComparison comparison = paired_comparison({5}, {1});
  EXPECT_EQ(comparison.difference.mean, 4);
  EXPECT_EQ(comparison.p_value, 1);
  EXPECT_TRUE(std::isnan(comparison.difference.half_width));
}

TEST(PairedComparison, RefusesUnpairedAndNotFiniteValues) {
  EXPECT_THROW((void)paired_comparison({1, 2}, {1}), Error);
  EXPECT_THROW((void)paired_comparison({1, std::numeric_limits<double>::quiet_NaN()}, {1, 2}), Error);
}

// statsmodels.stats.multitest.multipletests(p, method='holm')
TEST(Holm, AdjustsAsStatsmodelsDoes) {
  const std::vector<double> adjusted = holm_adjusted({0.01, 0.04, 0.03, 0.005, 0.5, 0.04});
  const std::vector<double> expected = {0.05, 0.12, 0.12, 0.03, 0.5, 0.12};
  ASSERT_EQ(adjusted.size(), expected.size());
  for (std::size_t k = 0; k < expected.size(); ++k) EXPECT_NEAR(adjusted[k], expected[k], 1e-15) << k;
}

TEST(Holm, NeverExceedsOneAndLeavesASingleTestAlone) {
  EXPECT_EQ(holm_adjusted({0.6, 0.7}), (std::vector<double>{1, 1}));
  EXPECT_EQ(holm_adjusted({0.03}), (std::vector<double>{0.03}));
  EXPECT_TRUE(holm_adjusted({}).empty());
}

TEST(Holm, RefusesWhatIsNoProbability) {
  EXPECT_THROW((void)holm_adjusted({1.5}), Error);
  EXPECT_THROW((void)holm_adjusted({std::numeric_limits<double>::quiet_NaN()}), Error);
}

}  // namespace
}  // namespace dpsbench
