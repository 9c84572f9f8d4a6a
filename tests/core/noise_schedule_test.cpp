#include "core/noise_schedule.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

std::vector<std::int64_t> timesteps(const NoiseSchedule& schedule) {
  std::vector<std::int64_t> all;
  for (std::int64_t i = 0; i < schedule.steps(); ++i) all.push_back(schedule.timestep(i));
  return all;
}

TEST(NoiseSchedule, KnowsHowManyStepsItsWholeHas) {
  const NoiseSchedule schedule = NoiseSchedule::linear();
  EXPECT_EQ(schedule.respaced(100).first(7).respaced(7).whole_steps(), 100);
  EXPECT_EQ(schedule.respaced(100).first(8).respaced(4).whole_steps(), 4);
  EXPECT_EQ(schedule.first(7).whole_steps(), 1000);
}

TEST(NoiseSchedule, LinearHasTheValuesOfTheReferenceImplementation) {
  const NoiseSchedule schedule = NoiseSchedule::linear();
  EXPECT_NEAR(schedule.beta(1), 1.199199199e-4, 1e-13);
  EXPECT_NEAR(schedule.alpha_bar(0), 0.9999, 1e-15);
  EXPECT_NEAR(schedule.alpha_bar(99), 0.8970181457, 1e-10);
  EXPECT_NEAR(schedule.alpha_bar(499), 0.07858724288, 1e-11);
  EXPECT_NEAR(schedule.alpha_bar(999), 4.035829765e-05, 1e-14);
  EXPECT_NEAR(schedule.level(0).sigma(), 0.0100005, 1e-7);
  EXPECT_NEAR(schedule.level(499).sigma(), 3.4241366, 1e-7);
  EXPECT_NEAR(schedule.level(999).sigma(), 157.40728, 1e-5);
  EXPECT_NEAR(schedule.posterior_log_variance(0), -9.81672514, 1e-8);
  EXPECT_NEAR(schedule.posterior_log_variance(1), -9.81672514, 1e-8);
  EXPECT_NEAR(schedule.posterior_log_variance(2), -9.3671215, 1e-7);
  EXPECT_NEAR(schedule.coefficient_x0(1), 0.5452915, 1e-7);
  EXPECT_NEAR(schedule.coefficient_xt(1), 0.4547085, 1e-7);
  EXPECT_NEAR(schedule.coefficient_x0(999), 1.283515e-4, 1e-10);
  EXPECT_NEAR(schedule.coefficient_xt(999), 0.98994868, 1e-8);
}

TEST(NoiseSchedule, RespacingKeepsTheStepsOfTheReferenceImplementation) {
  const NoiseSchedule full = NoiseSchedule::linear();
  EXPECT_EQ(timesteps(full.respaced("20")),
            (std::vector<std::int64_t>{0,   53,  105, 158, 210, 263, 315, 368, 421, 473,
                                       526, 578, 631, 684, 736, 789, 841, 894, 946, 999}));
  const auto hundred = timesteps(full.respaced(100));
  EXPECT_EQ(hundred.size(), 100u);
  EXPECT_EQ((std::vector<std::int64_t>{hundred[0], hundred[1], hundred[2], hundred[97], hundred[98], hundred[99]}),
            (std::vector<std::int64_t>{0, 10, 20, 979, 989, 999}));
  const auto fifty = timesteps(full.respaced(50));
  EXPECT_EQ((std::vector<std::int64_t>(fifty.begin(), fifty.begin() + 6)),
            (std::vector<std::int64_t>{0, 20, 41, 61, 82, 102}));
  const auto strided = timesteps(full.respaced("ddim50"));
  EXPECT_EQ(strided[1], 20);
  EXPECT_EQ(strided.back(), 980);
  EXPECT_EQ(timesteps(full.respaced(1000)), timesteps(full));
  const auto sections = timesteps(full.respaced("3,2"));
  EXPECT_EQ(sections, (std::vector<std::int64_t>{0, 250, 499, 500, 999}));
}

TEST(NoiseSchedule, RespacedBetasKeepAlphaBar) {
  const NoiseSchedule hundred = NoiseSchedule::linear().respaced(100);
  EXPECT_NEAR(hundred.beta(0), 1.0e-4, 1e-12);
  EXPECT_NEAR(hundred.beta(1), 2.0936e-3, 1e-7);
  EXPECT_NEAR(hundred.beta(2), 4.0801e-3, 1e-7);
  EXPECT_NEAR(hundred.beta(99), 0.18217953, 1e-8);
  double product = 1;
  for (std::int64_t i = 0; i < 100; ++i) {
    product *= hundred.alpha(i);
    EXPECT_NEAR(product, hundred.alpha_bar(i), 1e-14);
  }
}

TEST(NoiseSchedule, ImpossibleRespacingsAreErrors) {
  const NoiseSchedule full = NoiseSchedule::linear();
  EXPECT_THROW(std::ignore = full.respaced("ddim999"), UserError);
  EXPECT_THROW(std::ignore = full.respaced("0"), UserError);
  EXPECT_THROW(std::ignore = full.respaced("1001"), UserError);
  EXPECT_THROW(std::ignore = full.respaced("ten"), UserError);
  EXPECT_THROW(std::ignore = full.respaced(""), UserError);
}

TEST(NoiseSchedule, FractionalTimeMeetsTheSchedulesPointsAndIsMonotone) {
  const NoiseSchedule schedule = NoiseSchedule::linear().respaced(10);
  const NoiseSchedule full = NoiseSchedule::linear();
  for (const std::int64_t i : {0, 1, 10, 500, 998, 999})
    EXPECT_NEAR(schedule.level_of_sigma(full.level(i).sigma()).time, static_cast<double>(i), 1e-6);
  double previous = -1;
  for (double sigma = 0.011; sigma < 150; sigma *= 1.1) {
    const NoiseLevel level = schedule.level_of_sigma(sigma);
    EXPECT_GT(level.time, previous);
    EXPECT_NEAR(level.sigma(), sigma, 1e-12 * sigma);
    previous = level.time;
  }
}

TEST(NoiseSchedule, TimeIsHeldOutsideTheScheduleWhileTheLevelStaysExact) {
  const NoiseSchedule schedule = NoiseSchedule::linear();
  EXPECT_EQ(schedule.level_of_sigma(0.001).time, 0);
  EXPECT_NEAR(schedule.level_of_sigma(0.001).sigma(), 0.001, 1e-12);
  EXPECT_EQ(schedule.level_of_sigma(1000).time, 999);
  const NoiseSchedule full = NoiseSchedule::linear();
  for (const std::int64_t end : {0, 999}) {  // rounding may take a noise across an end point
    const double at_end = full.level(end).sigma();
    for (const double sigma : {at_end, std::nextafter(at_end, 0.0), std::nextafter(at_end, 1e3)})
      EXPECT_NEAR(schedule.level_of_sigma(sigma).time, static_cast<double>(end), 1e-6);
  }
  EXPECT_NEAR(schedule.level_of_sigma(1000).sigma(), 1000, 1e-6);
}

TEST(NoiseSchedule, PosteriorCoefficientsGiveTheMeanOfTheGaussianProduct) {
  // q(x_{t-1} | x_t, x_0) = N(x_{t-1}; sqrt(abar') x0, 1 - abar') N(x_t; sqrt(alpha) x_{t-1}, beta), normalised
  const NoiseSchedule schedule = NoiseSchedule::linear().respaced(25);
  for (const std::int64_t i : {1, 12, 24}) {
    const double prior_precision = 1 / (1 - schedule.alpha_bar_previous(i));
    const double data_precision = schedule.alpha(i) / schedule.beta(i);
    const double variance = 1 / (prior_precision + data_precision);
    EXPECT_NEAR(schedule.posterior_variance(i), variance, 1e-12);
    EXPECT_NEAR(schedule.coefficient_x0(i), variance * prior_precision * std::sqrt(schedule.alpha_bar_previous(i)),
                1e-12);
    EXPECT_NEAR(schedule.coefficient_xt(i), variance * std::sqrt(schedule.alpha(i)) / schedule.beta(i), 1e-12);
  }
}

TEST(NoiseSchedule, EndsEarlyWithTheSameLevels) {
  const NoiseSchedule whole = NoiseSchedule::linear().respaced(50);
  const NoiseSchedule part = whole.first(20);
  ASSERT_EQ(part.steps(), 20);
  for (std::int64_t i = 0; i < 20; ++i) {
    EXPECT_EQ(part.respaced(20).alpha_bar(i), whole.alpha_bar(i));
    EXPECT_EQ(part.timestep(i), whole.timestep(i));
    EXPECT_EQ(part.posterior_variance(i), whole.posterior_variance(i));
  }
  EXPECT_THROW((void)whole.first(51), Error);
}

TEST(NoiseSchedule, OtherSchedulesAreThoseOfTheirPapers) {
  const NoiseSchedule latent = NoiseSchedule::scaled_linear(1000, 8.5e-4, 0.012);
  EXPECT_NEAR(latent.beta(0), 8.5e-4, 1e-15);
  EXPECT_NEAR(latent.beta(999), 0.012, 1e-15);
  EXPECT_NEAR(std::sqrt(latent.beta(1)) - std::sqrt(latent.beta(0)), (std::sqrt(0.012) - std::sqrt(8.5e-4)) / 999,
              1e-15);
  EXPECT_NEAR(latent.level(999).sigma(), 14.6146, 1e-4);  // of Stable Diffusion 1 and 2, as k-diffusion has it
  EXPECT_NEAR(latent.level(0).sigma(), 0.0292, 1e-4);

  const NoiseSchedule cosine = NoiseSchedule::cosine(4000);
  const auto signal = [](double time) { return std::pow(std::cos((time + 0.008) / 1.008 * M_PI / 2), 2); };
  for (const std::int64_t i : {0, 1000, 3990})
    EXPECT_NEAR(cosine.alpha_bar(i), signal((static_cast<double>(i) + 1) / 4000) / signal(0), 1e-12);
  EXPECT_DOUBLE_EQ(cosine.beta(3999), 0.999);

  const NoiseSchedule sigmas = NoiseSchedule::of_sigmas(0.002, 80, 18);
  const auto root = [](double sigma) { return std::pow(sigma, 1 / 7.0); };
  for (std::int64_t i = 0; i < 18; ++i) {
    const double share = static_cast<double>(i) / 17;
    const double expected = std::pow(root(0.002) + share * (root(80) - root(0.002)), 7);
    EXPECT_NEAR(sigmas.level(i).sigma() / expected, 1, 1e-9);
  }
  EXPECT_THROW((void)NoiseSchedule::of_betas({0.1, 1}), UserError);
  EXPECT_THROW((void)NoiseSchedule::of_betas({}), UserError);
}

}  // namespace
}  // namespace dpsbench
