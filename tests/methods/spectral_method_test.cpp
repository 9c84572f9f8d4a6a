// DDRM and tilted transport: samplers in the singular basis of A.
#include <gtest/gtest.h>

#include "methods/parts/strided_schedule.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"

namespace dpsbench {
namespace {

class SpectralMethods : public testing::Test {
 protected:
  [[nodiscard]] Tensor run(const Prior& prior, const Operator& op, const Tensor& y, double sigma_y, std::int64_t count,
                           const std::string& method, const std::map<std::string, OptionValue>& options) const {
    const PhiloxNoise noise = noise_of(count);
    SilentObserver silent;
    const Problem problem{prior, schedule_, op, y.expand({count, y.size(0)}), sigma_y, noise};
    return make_method(method, options)->sample(problem, silent);
  }

  const NoiseSchedule schedule_ = NoiseSchedule::linear();
  const MatrixOperator wide_ = wide_operator();
  const Tensor y_ = at::tensor({0.6, -0.5}, in_double());
};

TEST_F(SpectralMethods, StridedSchedulesAreGuidedDiffusionsWhereAStrideExists) {
  for (const std::int64_t steps : {20, 50, 100, 1000}) {
    const NoiseSchedule strided = strided_schedule(schedule_, steps);
    const NoiseSchedule ddim = schedule_.respaced("ddim" + std::to_string(steps));
    ASSERT_EQ(strided.steps(), steps);
    for (std::int64_t i = 0; i < steps; ++i) ASSERT_EQ(strided.timestep(i), ddim.timestep(i)) << steps;
  }
  EXPECT_EQ(strided_schedule(schedule_, 30).steps(), 30);
}

TEST_F(SpectralMethods, DdrmMeetsANoiselessMeasurement) {
  const Tensor x =
      run(correlated_prior(), wide_, y_, 1e-7, 20, "ddrm", {{"eta_b", 1.0}, {"steps", std::int64_t{1000}}});
  // the last noise level is 0.01, where the measurement still is the better; then x0hat, 1e-4 from it
  EXPECT_LT((wide_.forward(x) - y_).abs().max().item<double>(), 0.02);
}

/// Mean and variance of DDRM's output for one pixel of prior N(m, v), S = s: its own recursion, in numbers.
std::pair<double, double> ddrm_recursion(const NoiseSchedule& kept, double m, double v, double s, double y,
                                         double sigma_y, double eta, double eta_b) {
  double sigma = kept.level(kept.steps() - 1).sigma();
  const bool known = s * sigma > sigma_y;
  double mean = known ? y / s : 0;
  double variance = sigma * sigma - (known ? sigma_y * sigma_y / (s * s) : 0);
  for (std::int64_t i = kept.steps() - 1; i >= 0; --i) {
    sigma = kept.level(i).sigma();
    const double next = i > 0 ? kept.level(i - 1).sigma() : 0;
    const double gain = v / (v + sigma * sigma);  // x0hat = m + gain (u - m)
    const double x0 = m + gain * (mean - m);
    if (s == 0) {
      const double of_u = gain + std::sqrt(1 - eta * eta) * next * (1 - gain) / sigma;
      mean = m + of_u * (mean - m);
      variance = of_u * of_u * variance + eta * eta * next * next;
    } else if (s * next < sigma_y) {
      const double pulled = std::sqrt(1 - eta * eta) * next / sigma_y;
      mean = x0 + pulled * (y - s * x0);
      variance = std::pow(gain * (1 - pulled * s), 2) * variance + eta * eta * next * next;
    } else {
      mean = (1 - eta_b) * x0 + eta_b * y / s;
      variance = std::pow((1 - eta_b) * gain, 2) * variance + next * next - std::pow(sigma_y * eta_b / s, 2);
    }
  }
  return {mean, variance};
}

TEST_F(SpectralMethods, DdrmOnIndependentPixelsFollowsItsRecursion) {
  constexpr std::int64_t count = 20000;
  const Tensor m = at::tensor({0.2, -0.4, 0.1, 0.3}, in_double());
  const Tensor v = at::tensor({0.3, 0.6, 0.2, 0.5}, in_double());
  const GaussianMixturePrior prior = gaussian_prior(m, v.diag(), {1, 2, 2});
  const Tensor s = at::tensor({1.0, 0.5, 0.05}, in_double());
  const MatrixOperator op(at::constant_pad_nd(s.diag(), {0, 1}), {1, 2, 2});
  const Tensor y = at::tensor({0.5, -0.3, 0.1}, in_double());
  for (const double eta_b : {1.0, 0.6}) {
    const Tensor x = run(prior, op, y, 0.1, count, "ddrm", {{"eta_b", eta_b}}).flatten(1);
    for (std::int64_t k = 0; k < 4; ++k) {
      const auto [mean, variance] =
          ddrm_recursion(strided_schedule(schedule_, 20), m[k].item<double>(), v[k].item<double>(),
                         k < 3 ? s[k].item<double>() : 0, k < 3 ? y[k].item<double>() : 0, 0.1, 0.85, eta_b);
      EXPECT_NEAR(x.select(1, k).mean().item<double>(), mean, 4 * std::sqrt(variance / count)) << k;
      EXPECT_NEAR(x.select(1, k).var().item<double>() / variance, 1, 0.05) << k;
    }
  }
}

TEST_F(SpectralMethods, TiltedTransportFindsTheGaussianPosterior) {
  constexpr std::int64_t count = 3000;
  const GaussianMixturePrior prior = correlated_prior();
  const Tensor x = run(prior, wide_, y_, 0.3, count, "tilted-transport",
                       {{"steps", std::int64_t{300}}, {"langevin_steps", std::int64_t{300}}, {"langevin_lr", 0.05}});
  expect_gaussian(x, law_of(posterior_prior(prior, wide_.matrix(), y_, 0.3)), 0.03, 0.06);
}

TEST_F(SpectralMethods, TiltedTransportNeedsItsLangevinSteps) {
  // what starts the transport is not the noised posterior, which PiGDM would hit exactly here
  constexpr std::int64_t count = 3000;
  const GaussianMixturePrior prior = standard_prior();
  const Tensor x = run(prior, wide_, y_, 0.3, count, "tilted-transport",
                       {{"steps", std::int64_t{300}}, {"langevin_steps", std::int64_t{0}}});
  const Tensor mean = law_of(posterior_prior(prior, wide_.matrix(), y_, 0.3)).first;
  EXPECT_GT((x.flatten(1).mean(0) - mean).abs().max().item<double>(), 0.05);
}

}  // namespace
}  // namespace dpsbench
