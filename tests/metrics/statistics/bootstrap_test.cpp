#include "metrics/statistics/bootstrap.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

const std::vector<double> skewed = {2.3, 1.7, 4.1, 3.3, 9.8, 2.9, 5.2, 1.1, 6.4, 3.8, 2.2, 12.5};

PhiloxNoise noise(const std::string& id) { return PhiloxNoise(7, {{"statistics", id}}); }

double deviation_of(const std::vector<double>& v) {
  double squares = 0;
  for (const double value : v) squares += (value - mean_of(v)) * (value - mean_of(v));
  return std::sqrt(squares / static_cast<double>(v.size() - 1));
}

std::vector<double> leave_one_out_means() {
  std::vector<double> means;
  for (const double left_out : skewed) means.push_back((mean_of(skewed) * 12 - left_out) / 11);
  return means;
}

// SciPy 1.17, scipy.stats._resampling._bca_interval((values,), numpy.mean, -1, 0.025, resampled, ...) and
// numpy.percentile of `resampled` at the levels it gives.
TEST(BcaInterval, IsScipysForGivenResamples) {
  std::vector<double> resampled;
  for (int k = 0; k < 60; ++k) resampled.push_back(4.5 + 0.9 * std::sin(7 * k + 0.5) + 0.4 * std::cos(3 * k * k));
  const BootstrapInterval interval = bca_interval(mean_of(skewed), resampled, leave_one_out_means(), 0.95);
  EXPECT_NEAR(interval.acceleration, 0.060047502659371005, 1e-14);
  EXPECT_NEAR(interval.bias, 0.04178929781645395, 1e-13);
  EXPECT_NEAR(interval.low, 3.3369128216559303, 1e-12);
  EXPECT_NEAR(interval.high, 5.6573357423411474, 1e-12);
}

// norm.ppf(_percentile_of_score([1, 2, 2, 3, 5], 2))
TEST(BcaInterval, CountsTiesHalf) {
  EXPECT_NEAR(bca_interval(2, {1, 2, 2, 3, 5}, leave_one_out_means(), 0.95).bias, -0.2533471031357997, 1e-14);
}

TEST(BcaInterval, IsThePercentileIntervalWithoutBiasAndAcceleration) {
  std::vector<double> resampled;
  for (int k = -100; k <= 100; ++k) resampled.push_back(k);
  const BootstrapInterval interval = bca_interval(0, resampled, {-1, 1}, 0.9);
  EXPECT_NEAR(interval.bias, 0, 1e-15);
  EXPECT_NEAR(interval.low, -90, 1e-9);
  EXPECT_NEAR(interval.high, 90, 1e-9);
}

TEST(BcaInterval, IsUndefinedWhereNoResampleLiesOnOneSide) {
  EXPECT_TRUE(std::isnan(bca_interval(0, {1, 2, 3}, {1, 2}, 0.95).low));
}

// scipy.stats.bootstrap((values,), numpy.mean, n_resamples=200000, method='BCa'): 3.1583, 7.0833;
// the same of numpy.std(ddof=1): 1.8659, 5.0374. One standard error of 20000 resamples is 0.01 to 0.04.
TEST(BootstrapInterval, AgreesWithScipyToMonteCarloError) {
  const BootstrapInterval mean = bootstrap_interval(skewed, mean_of, noise("mean"), 20000);
  EXPECT_NEAR(mean.low, 3.1583, 0.05);
  EXPECT_NEAR(mean.high, 7.0833, 0.1);
  EXPECT_NEAR(mean.acceleration, 0.060047502659371005, 1e-14);
  const BootstrapInterval deviation = bootstrap_interval(skewed, deviation_of, noise("deviation"), 20000);
  EXPECT_NEAR(deviation.low, 1.8659, 0.05);
  EXPECT_NEAR(deviation.high, 5.0374, 0.1);
  EXPECT_NEAR(deviation.acceleration, 0.1144802593025515, 1e-14);
}

TEST(BootstrapInterval, IsTheSameForTheSameStreamAndAnotherForAnother) {
  const BootstrapInterval first = bootstrap_interval(skewed, mean_of, noise("a"), 200);
  EXPECT_EQ(first.low, bootstrap_interval(skewed, mean_of, noise("a"), 200).low);
  EXPECT_NE(first.low, bootstrap_interval(skewed, mean_of, noise("b"), 200).low);
}

TEST(BootstrapInterval, OfEqualValuesIsThatValue) {
  const BootstrapInterval interval = bootstrap_interval({4, 4, 4}, mean_of, noise("equal"), 50);
  EXPECT_EQ(interval.low, 4);
  EXPECT_EQ(interval.high, 4);
}

TEST(BootstrapInterval, OfOneValueHasNoEnds) {
  const BootstrapInterval interval = bootstrap_interval({4}, mean_of, noise("one"), 50);
  EXPECT_EQ(interval.estimate, 4);
  EXPECT_TRUE(std::isnan(interval.low));
}

TEST(BootstrapInterval, RefusesNothingAndSeveralStreams) {
  EXPECT_THROW((void)bootstrap_interval({}, mean_of, noise("none"), 50), Error);
  EXPECT_THROW((void)bootstrap_interval(skewed, mean_of, PhiloxNoise(1, {{"d", "a"}, {"d", "b"}}), 50), Error);
  EXPECT_THROW((void)bootstrap_interval(skewed, mean_of, noise("x"), 50, 95), Error);
}

TEST(BootstrapMean, DrawsGroupsWithAllTheirValues) {
  const PhiloxNoise noise(0, {{"bootstrap", "", 0}});
  const std::vector<double> once = {1, 4, 2, 8, 5, 3, 9};
  std::vector<double> twice;
  Groups groups;
  for (const double value : once)
    for (int copy = 0; copy < 2; ++copy) {
      twice.push_back(value);
      groups.push_back(std::to_string(value));
    }
  const BootstrapInterval of_groups = bootstrap_mean(twice, groups, noise, 999);
  const BootstrapInterval of_values = bootstrap_interval({1, 2, 3, 4, 5, 8, 9}, mean_of, noise, 999);
  EXPECT_NEAR(of_groups.low, of_values.low, 1e-9);  // the groups in the order of their labels
  EXPECT_NEAR(of_groups.high, of_values.high, 1e-9);
  EXPECT_LT(bootstrap_mean(twice, {}, noise, 999).high, of_groups.high);
}

TEST(MeanBootstrap, GivesOneSampleAfterTheOtherWhatEachHasAlone) {
  const PhiloxNoise noise(0, {{"bootstrap", "", 0}});
  MeanBootstrap bootstrap(noise, 199);
  const Groups pairs = {"a", "a", "b", "b", "c", "c"};
  const auto alone = [&](const std::vector<double>& values, const Groups& groups) {
    return bootstrap_mean(values, groups, noise, 199);
  };
  for (const auto& [values, groups] :
       {std::pair(skewed, Groups()), std::pair(std::vector<double>{1, 4, 2, 8, 5, 7}, Groups()),
        std::pair(std::vector<double>{2, 7, 1, 8, 2, 8}, Groups()),
        std::pair(std::vector<double>{2, 7, 1, 8, 2, 8}, pairs), std::pair(skewed, Groups())}) {
    const BootstrapInterval found = bootstrap.interval(values, groups);
    EXPECT_EQ(found.low, alone(values, groups).low);
    EXPECT_EQ(found.high, alone(values, groups).high);
    EXPECT_LT(found.low, found.high);
  }
}

TEST(MeanBootstrap, DrawsMoreThanItKeeps) {
  const PhiloxNoise noise(0, {{"bootstrap", "", 0}});
  std::vector<double> many(2000);
  for (std::size_t i = 0; i < many.size(); ++i) many[i] = static_cast<double>(i % 7);
  MeanBootstrap bootstrap(noise, 10'000);  // 20 million numbers
  const BootstrapInterval first = bootstrap.interval(many, {});
  EXPECT_EQ(first.low, bootstrap.interval(many, {}).low);
  EXPECT_EQ(bootstrap.interval(skewed, {}).low, bootstrap_mean(skewed, {}, noise, 10'000).low);
}

}  // namespace
}  // namespace dpsbench
