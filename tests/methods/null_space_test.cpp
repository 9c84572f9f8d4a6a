// DDNM and DDNM+ in the singular basis of A.
#include <gtest/gtest.h>

#include "methods/parts/strided_schedule.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"
#include "tests/methods/step_keeper.h"

namespace dpsbench {
namespace {

constexpr std::int64_t ddnm_steps = 50;

/// Mean and variance of DDNM+'s output for one pixel of prior N(m, v), S = s: its own recursion, in numbers.
std::pair<double, double> ddnm_recursion(const NoiseSchedule& kept, double m, double v, double s, double y,
                                         double sigma_y, double eta) {
  double mean = 0;
  double variance = 1;
  for (std::int64_t i = kept.steps() - 1; i >= 0; --i) {
    const double now = kept.alpha_bar(i);
    const double next = kept.alpha_bar_previous(i);
    // x0hat = m + gain (x_t - sqrt(now) m), eps the rest of x_t
    const double gain = std::sqrt(now) * v / (now * v + 1 - now);
    const double x0 = m + gain * (mean - std::sqrt(now) * m);
    const double eps = (mean - std::sqrt(now) * x0) / std::sqrt(1 - now);
    const double eps_gain = (1 - std::sqrt(now) * gain) / std::sqrt(1 - now);
    const double sigma_t = std::sqrt(1 - next);
    const double of_y = s > 0 ? std::sqrt(next) * sigma_y / s : INFINITY;
    double carried = std::sqrt(next) * gain;
    if (s == 0) {
      const double old = sigma_t * std::sqrt(1 - eta * eta);
      mean = std::sqrt(next) * x0 + old * eps;
      variance = std::pow(carried + old * eps_gain, 2) * variance + std::pow(sigma_t * eta, 2);
    } else if (sigma_t >= of_y) {
      mean = std::sqrt(next) * y / s;
      variance = sigma_t * sigma_t - of_y * of_y;
    } else {
      const double lambda = sigma_t * std::sqrt(1 - eta * eta) / of_y;
      mean = std::sqrt(next) * (x0 - lambda * (x0 - y / s));
      carried *= 1 - lambda;
      variance = carried * carried * variance + std::pow(sigma_t * eta, 2);
    }
  }
  return {mean, variance};
}

TEST(NullSpace, DdnmPlusOnIndependentPixelsFollowsItsRecursion) {
  constexpr std::int64_t count = 20000;
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const Tensor m = at::tensor({0.2, -0.4, 0.1, 0.3}, in_double());
  const Tensor v = at::tensor({0.3, 0.6, 0.2, 0.5}, in_double());
  const GaussianMixturePrior prior = gaussian_prior(m, v.diag(), {1, 2, 2});
  const Tensor s = at::tensor({1.0, 0.5, 0.05}, in_double());
  const MatrixOperator op(at::constant_pad_nd(s.diag(), {0, 1}), {1, 2, 2});
  const Tensor y = at::tensor({0.5, -0.3, 0.1}, in_double());
  const PhiloxNoise noise = noise_of(count);
  SilentObserver silent;
  for (const double eta : {0.85, 0.3}) {
    const Tensor x = make_method("ddnm", {{"eta", eta}, {"steps", ddnm_steps}})
                         ->sample({prior, schedule, op, y.expand({count, 3}), 0.1, noise}, silent)
                         .flatten(1);
    for (std::int64_t k = 0; k < 4; ++k) {
      const auto [mean, variance] =
          ddnm_recursion(strided_schedule(schedule, ddnm_steps), m[k].item<double>(), v[k].item<double>(),
                         k < 3 ? s[k].item<double>() : 0, k < 3 ? y[k].item<double>() : 0, 0.1, eta);
      EXPECT_NEAR(x.select(1, k).mean().item<double>(), mean, 4 * std::sqrt(variance / count)) << k;
      EXPECT_NEAR(x.select(1, k).var().item<double>() / variance, 1, 0.05) << k;
    }
  }
}

TEST(NullSpace, WithoutNoiseAWholeRunMeetsTheMeasurement) {
  const MatrixOperator op = wide_operator();
  const GaussianMixturePrior prior = small_mixture();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(5);
  const Tensor y = noise.normal(Purpose::measurement, 0, {2}, in_double());
  SilentObserver silent;
  for (const std::string method : {"ddnm", "ddrm"}) {
    const Tensor x = make_method(method, {})->sample({prior, schedule, op, y, 0, noise}, silent);
    // ddrm's last step leaves the measured value for the prior's estimate at the least noise
    EXPECT_LT((op.forward(x) - y).abs().max().item<double>(), method == "ddnm" ? 1e-12 : 0.05) << method;
  }
}

TEST(NullSpace, WithoutNoiseTheExactSamplerPutsWhatIsMeasuredInItsPlace) {
  const GaussianMixturePrior prior = small_mixture();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(3);
  const auto op = bind_task("inpainting", {{"mask_fraction", 0.5}}, prior, noise);
  const Tensor y = op->forward(noise.normal(Purpose::measurement, 0, {1, 2, 2}, in_double()) * 0.3);
  SilentObserver silent;
  for (const std::string method : {"exact", "inpainting-isotropic"}) {
    const Tensor x = make_method(method, {})->sample({prior, schedule, *op, y, 0, noise}, silent);
    EXPECT_LT((op->forward(x) - y).abs().max().item<double>(), 1e-6) << method;
    EXPECT_TRUE(x.isfinite().all().item<bool>());
  }
}

TEST(NullSpace, TimeTravelTakesEachStretchAsOftenAsItIsTold) {
  const MethodEntry& entry = find_method("ddnm");
  const auto evaluations = [&](std::int64_t steps, std::int64_t length, std::int64_t repeat) {
    return entry
        .cost(OptionValues(entry.options, {{"steps", steps}, {"travel_length", length}, {"travel_repeat", repeat}}), 0)
        .forward;
  };
  EXPECT_EQ(evaluations(100, 1, 1), 100);
  EXPECT_EQ(evaluations(10, 3, 2), 10 + 3 * 3);  // back from steps 0, 3 and 6
  EXPECT_EQ(evaluations(10, 10, 5), 10);         // no stretch so long that could be travelled back
  EXPECT_EQ(evaluations(4, 1, 3), 4 + 3 * 1 * 2);
}

}  // namespace
}  // namespace dpsbench
