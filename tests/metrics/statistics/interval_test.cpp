#include "metrics/statistics/interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"

namespace dpsbench {
namespace {

TEST(MeanInterval, IsStudents) {
  const MeanInterval interval = mean_interval({2.1, 2.5, 1.9, 2.2, 2.8, 2.0});
  EXPECT_EQ(interval.count, 6);
  EXPECT_NEAR(interval.mean, 2.25, 1e-14);
  EXPECT_NEAR(interval.deviation, 0.3391164991562634, 1e-14);  // numpy.std(v, ddof=1)
  // scipy.stats.t.ppf(0.975, 5) * numpy.std(v, ddof=1) / sqrt(6)
  EXPECT_NEAR(interval.half_width, 2.570581835636315 * 0.3391164991562634 / std::sqrt(6.0), 1e-12);
}

TEST(MeanInterval, WidensWithConfidence) {
  const std::vector<double> values = {0, 1, 2, 4};
  EXPECT_LT(mean_interval(values, 0.9).half_width, mean_interval(values, 0.99).half_width);
}

TEST(MeanInterval, OfOneValueHasNoWidth) {
  const MeanInterval interval = mean_interval({3.5});
  EXPECT_EQ(interval.mean, 3.5);
  EXPECT_TRUE(std::isnan(interval.half_width));
  EXPECT_TRUE(std::isnan(interval.deviation));
}

TEST(MeanInterval, OfNothingIsUndefined) {
  EXPECT_TRUE(std::isnan(mean_interval({}).mean));
  EXPECT_EQ(mean_interval({}).count, 0);
}

TEST(MeanInterval, ShowsValuesThatAreNotFinite) {
  EXPECT_TRUE(std::isnan(mean_interval({1, std::numeric_limits<double>::quiet_NaN(), 2}).mean));
}

TEST(MeanInterval, RefusesAConfidenceThatIsNone) {
  EXPECT_THROW((void)mean_interval({1, 2}, 95), Error);
  EXPECT_THROW((void)mean_interval({1, 2}, 0), Error);
}

}  // namespace
}  // namespace dpsbench
