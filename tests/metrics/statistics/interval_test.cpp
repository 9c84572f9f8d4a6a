#include "metrics/statistics/interval.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/error.h"
#include "core/noise.h"

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

TEST(GroupedInterval, OfGroupsOfOneIsStudents) {
  const std::vector<double> values = {31.2, 28.4, 25.9, 33.1, 29.7};
  const MeanInterval alone = mean_interval(values);
  const MeanInterval grouped = mean_interval(values, {"e", "d", "c", "b", "a"});
  EXPECT_EQ(grouped.mean, alone.mean);
  EXPECT_NEAR(grouped.half_width, alone.half_width, 1e-14);
  EXPECT_EQ(grouped.groups, 5);
}

/// 24 crops of ten photographs, two or three of each, crops of one as like as an intraclass correlation of 0.5 makes
/// them: the interval of independent images is too narrow by 1.6, which only the groups tell.
TEST(GroupedInterval, IsWiderByAboutOneAndAHalfWhereCropsAreAlike) {
  std::vector<double> values;
  Groups groups;
  for (int photograph = 0; photograph < 10; ++photograph)
    for (int crop = 0; crop < (photograph < 4 ? 3 : 2); ++crop) {
      values.push_back(30 + 3 * std::sin(2.1 * photograph) + 1.2 * std::sin(17.0 * photograph + 5.3 * crop));
      groups.push_back(fmt::format("photograph {}", photograph));
    }
  const MeanInterval by_images = mean_interval(values);
  const MeanInterval by_groups = mean_interval(values, groups);
  EXPECT_EQ(by_groups.mean, by_images.mean);
  EXPECT_EQ(by_groups.count, 24);
  EXPECT_EQ(by_groups.groups, 10);
  EXPECT_NEAR(by_groups.half_width / by_images.half_width, 1.6, 0.1);
}

/// The same values twice, in pairs: the standard error of one copy, at its degrees of freedom.
TEST(GroupedInterval, OfDoubledValuesIsThatOfOneCopy) {
  const std::vector<double> once = {1, 4, 2, 8, 5};
  std::vector<double> twice;
  Groups groups;
  for (const double value : once)
    for (int copy = 0; copy < 2; ++copy) {
      twice.push_back(value);
      groups.push_back(std::to_string(value));
    }
  EXPECT_NEAR(mean_interval(twice, groups).half_width, mean_interval(once).half_width, 1e-12);
}

/// Groups of two and three images, intraclass correlation 0.5: the interval holds the truth in 95 % of experiments.
TEST(GroupedInterval, HoldsTheMeanInNineteenOfTwentyExperiments) {
  Groups groups;
  for (int i = 0; i < 24; ++i) groups.push_back(std::to_string(i < 12 ? i / 3 : 4 + (i - 12) / 2));
  int grouped = 0;
  int alone = 0;
  constexpr int trials = 3000;
  for (int trial = 0; trial < trials; ++trial) {
    const PhiloxNoise noise(11, {{"trial", "", trial}});
    const Tensor own = noise.normal(Purpose::step, 0, {24}, at::kDouble)[0].contiguous();
    const Tensor shared = noise.normal(Purpose::inner, 0, {10}, at::kDouble)[0].contiguous();
    std::vector<double> values;
    for (int i = 0; i < 24; ++i)
      values.push_back(own.data_ptr<double>()[i] + shared.data_ptr<double>()[std::stoi(groups[i])]);
    const auto holds = [](const MeanInterval& interval) { return std::abs(interval.mean) <= interval.half_width; };
    if (holds(mean_interval(values, groups))) ++grouped;
    if (holds(mean_interval(values))) ++alone;
  }
  EXPECT_NEAR(grouped / static_cast<double>(trials), 0.95, 0.015);
  EXPECT_LT(alone / static_cast<double>(trials), 0.91);
}

TEST(GroupedInterval, OfOneGroupHasNoWidthAndNeedsALabelAValue) {
  EXPECT_TRUE(std::isnan(mean_interval({1, 2, 3}, {"a", "a", "a"}).half_width));
  EXPECT_THROW((void)mean_interval({1, 2, 3}, {"a", "a"}), Error);
}

}  // namespace
}  // namespace dpsbench
