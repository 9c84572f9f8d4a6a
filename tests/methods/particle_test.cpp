// MCG-Diff and FPS: particle filters, exact for Gaussian priors as particles and steps grow.
#include <gtest/gtest.h>

#include "methods/parts/particles.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"

namespace dpsbench {
namespace {

TEST(Particles, AreDrawnByTheirWeightsImageByImage) {
  constexpr std::int64_t count = 20000;
  const PhiloxNoise noise = noise_of(2);
  const Tensor probabilities = at::tensor({0.1, 0.9, 0.6, 0.1, 0.3, 0.0}, in_double()).reshape({3, 2});
  const Tensor drawn = draw_particles((probabilities * 7).log(), count, ParticleResampling::multinomial, noise, 0);
  ASSERT_EQ(drawn.sizes(), at::IntArrayRef({count, 2}));
  for (std::int64_t m = 0; m < 3; ++m) {
    const Tensor share = drawn.eq(m).to(at::kDouble).mean(0);
    EXPECT_TRUE(at::allclose(share, probabilities[m], 0, 0.015)) << m;
  }
}

TEST(Particles, OfEqualWeightAllSurviveSystematicResampling) {
  const Tensor drawn =
      draw_particles(at::zeros({7, 2}, in_double()), 7, ParticleResampling::systematic, noise_of(2), 0);
  EXPECT_TRUE(drawn.equal(at::arange(7).unsqueeze(1).expand({7, 2})));
}

TEST(Particles, AreSelectedImageByImage) {
  const Tensor particles = at::arange(12, in_double()).reshape({3, 2, 2});
  const Tensor numbers = at::tensor({2, 0, 2, 1}, at::kLong).reshape({2, 2});
  const Tensor expected = at::tensor({8.0, 9.0, 2.0, 3.0, 8.0, 9.0, 6.0, 7.0}, in_double()).reshape({2, 2, 2});
  EXPECT_TRUE(select_particles(particles, numbers).equal(expected));
}

class ParticleFilters : public testing::Test {
 protected:
  [[nodiscard]] Tensor run(const Prior& prior, const Operator& op, const Tensor& y, double sigma_y, std::int64_t count,
                           const std::string& method, const std::map<std::string, OptionValue>& options) const {
    const PhiloxNoise noise = noise_of(count);
    SilentObserver silent;
    const Problem problem{prior, schedule_, op, y.expand({count, y.size(0)}), sigma_y, noise};
    return make_method(method, options)->sample(problem, silent);
  }

  /// Two pixels that are both low (weight 0.8) or both high.
  static GaussianMixturePrior two_modes() {
    const Tensor means = at::tensor({-1.0, -1.0, 1.0, 1.0}, in_double()).reshape({2, 2});
    const Tensor covariances = at::eye(2, in_double()).expand({2, 2, 2}) * 0.1;
    return {GaussianMixture::of_covariances(at::tensor({0.8, 0.2}, in_double()).log(), means, covariances),
            {1, 1, 2},
            in_double()};
  }
  [[nodiscard]] double upper_mode_weight(const GaussianMixturePrior& prior, double sigma_y) const {
    const GaussianMixture exact = linear_posterior(prior.mixture(), first_pixel_.matrix(), mode_y_, sigma_y);
    return exact.log_weights[1].exp().item<double>();
  }

  const MatrixOperator first_pixel_{at::tensor({1.0, 0.0}, in_double()).reshape({1, 2}), {1, 1, 2}};
  const Tensor mode_y_ = at::tensor({0.25}, in_double());
  const NoiseSchedule schedule_ = NoiseSchedule::linear();
  const MatrixOperator wide_ = wide_operator();
  const Tensor y_ = at::tensor({0.6, -0.5}, in_double());
};

TEST_F(ParticleFilters, McgDiffFindsTheGaussianPosterior) {
  const GaussianMixturePrior prior = correlated_prior();
  const std::map<std::string, OptionValue> options = {{"steps", std::int64_t{200}}, {"particles", std::int64_t{8}}};
  const Tensor x = run(prior, wide_, y_, 0.3, 600, "mcgdiff", options);
  expect_gaussian(x, law_of(posterior_prior(prior, wide_.matrix(), y_, 0.3)), 0.03, 0.05);
}

TEST_F(ParticleFilters, McgDiffFindsTheWeightsOfModesWithManyParticlesNotWithOne) {
  const GaussianMixturePrior prior = two_modes();
  const double exact = upper_mode_weight(prior, 0.5);
  const auto upper = [&](std::int64_t particles) {
    const Tensor x = run(prior, first_pixel_, mode_y_, 0.5, 800, "mcgdiff", {{"particles", particles}});
    return x.flatten(1).select(1, 1).gt(0).to(at::kDouble).mean().item<double>();
  };
  EXPECT_NEAR(upper(16), exact, 0.06);
  EXPECT_GT(std::abs(upper(1) - exact), 0.1);
}

TEST_F(ParticleFilters, McgDiffMeetsANoiselessMeasurement) {
  const GaussianMixturePrior prior = correlated_prior();
  const Tensor x = run(prior, wide_, y_, 1e-6, 50, "mcgdiff", {{"particles", std::int64_t{8}}});
  EXPECT_LT((wide_.forward(x) - y_).abs().max().item<double>(), 1e-5);
}

TEST_F(ParticleFilters, McgDiffAsPublishedCountsTheMeasurementTwice) {
  // N(0, I) on two pixels, S = 0.8, sigma_y = 0.5, y = 1: posterior mean 0.899, variance 0.281 of the first pixel;
  // with the likelihood twice 1.046 and 0.163
  const GaussianMixturePrior prior = gaussian_prior(at::zeros({2}, in_double()), at::eye(2, in_double()), {1, 1, 2});
  const MatrixOperator op(at::tensor({0.8, 0.0}, in_double()).reshape({1, 2}), {1, 1, 2});
  const auto first_pixel = [&](bool as_published) {
    const Tensor x = run(prior, op, at::ones({1}, in_double()), 0.5, 1500, "mcgdiff",
                         {{"particles", std::int64_t{32}}, {"as_published", as_published}})
                         .flatten(1)
                         .select(1, 0);
    return std::pair{x.mean().item<double>(), x.var().item<double>()};
  };
  const auto [mean, variance] = first_pixel(false);
  EXPECT_NEAR(mean, 0.899, 0.08);
  EXPECT_NEAR(variance, 0.281, 0.06);
  const auto [published_mean, published_variance] = first_pixel(true);
  EXPECT_NEAR(published_mean, 1.046, 0.08);
  EXPECT_NEAR(published_variance, 0.163, 0.03);
}

TEST_F(ParticleFilters, McgDiffWithNothingMeasuredIsPlainDdim) {
  const GaussianMixturePrior prior = correlated_prior();
  const MatrixOperator blind(at::zeros({1, 4}, in_double()), {1, 2, 2});
  const Tensor y = at::ones({1}, in_double());
  const std::map<std::string, OptionValue> options = {{"particles", std::int64_t{1}}, {"steps", std::int64_t{20}}};
  // its singular basis is a rotation of the pixels, and noise is drawn before it: turn the first run's noise by hand
  const Tensor x = run(prior, blind, y, 0.3, 400, "mcgdiff", options);
  const Tensor ddim =
      run(prior, blind, y, 0.3, 400, "unconditional", {{"sampler", std::string("ddim")}, {"steps", std::int64_t{20}}});
  EXPECT_TRUE(at::allclose(x, ddim, 1e-9, 1e-9));
}

/// Mean and variance of FPS's output with one particle for a pixel of prior N(m, v) and A = s: the joint law of the
/// state and the measurements' path, step by step in numbers.
std::pair<double, double> fps_recursion(const NoiseSchedule& kept, double m, double v, double s, double y,
                                        double sigma_y, double c) {
  const std::int64_t steps = kept.steps();
  const double of_y = kept.alpha_bar(steps - 1) * sigma_y * sigma_y;
  const double precision = 1 + s * s / of_y;
  const double gain = s / of_y / precision;  // x_T = gain y_T + noise, y_T ~ N(0, s^2)
  double mean_x = 0;
  double mean_y = 0;
  double var_y = s * s;
  double var_x = gain * gain * var_y + 1 / precision;
  double covariance = gain * var_y;
  for (std::int64_t i = steps - 1; i >= 0; --i) {
    const double now = kept.alpha_bar(i);
    const double next = kept.alpha_bar_previous(i);
    const double kept_noise = std::sqrt((1 - c) * (1 - next));
    const double of_path = kept_noise / std::sqrt(1 - now);
    const double of_x0 = std::sqrt(now) * v / (now * v + 1 - now);  // x0hat = m + of_x0 (x - sqrt(now) m)
    const double eps_of_x = (1 - std::sqrt(now) * of_x0) / std::sqrt(1 - now);
    const double b1 = std::sqrt(next) * of_x0 + kept_noise * eps_of_x;
    const double mean_b = std::sqrt(next) * m + b1 * (mean_x - std::sqrt(now) * m);
    mean_y = std::sqrt(next) * y + of_path * (mean_y - std::sqrt(now) * y);
    const double variance = c * (1 - next);
    const double new_var_y = of_path * of_path * var_y + variance * s * s;
    const double cov_b_y = b1 * of_path * covariance;
    const double var_b = b1 * b1 * var_x;
    if (i == 0) return {mean_b, var_b};
    const double p_y = s / (next * sigma_y * sigma_y);
    const double p = 1 / variance + s * p_y;
    const double of_b = 1 / variance / p;
    const double of_y_t = p_y / p;
    mean_x = of_b * mean_b + of_y_t * mean_y;
    var_x = of_b * of_b * var_b + 2 * of_b * of_y_t * cov_b_y + of_y_t * of_y_t * new_var_y + 1 / p;
    covariance = of_b * cov_b_y + of_y_t * new_var_y;
    var_y = new_var_y;
  }
  return {};
}

TEST_F(ParticleFilters, FpsOfOneParticleFollowsItsRecursion) {
  constexpr std::int64_t count = 10000;
  const Tensor m = at::tensor({0.2, -0.4}, in_double());
  const Tensor v = at::tensor({0.3, 0.6}, in_double());
  const Tensor s = at::tensor({1.0, 0.3}, in_double());
  const Tensor y = at::tensor({0.5, -0.3}, in_double());
  const GaussianMixturePrior prior = gaussian_prior(m, v.diag(), {1, 1, 2});
  const MatrixOperator op(s.diag(), {1, 1, 2});
  const std::map<std::string, OptionValue> options = {
      {"steps", std::int64_t{30}}, {"particles", std::int64_t{1}}, {"new_noise", 0.7}};
  const Tensor x = run(prior, op, y, 0.2, count, "fps", options).flatten(1);
  for (std::int64_t k = 0; k < 2; ++k) {
    const auto [mean, variance] =
        fps_recursion(schedule_.respaced(std::int64_t{30}), m[k].item<double>(), v[k].item<double>(),
                      s[k].item<double>(), y[k].item<double>(), 0.2, 0.7);
    EXPECT_NEAR(x.select(1, k).mean().item<double>(), mean, 4 * std::sqrt(variance / count)) << k;
    EXPECT_NEAR(x.select(1, k).var().item<double>() / variance, 1, 0.06) << k;
  }
}

TEST_F(ParticleFilters, FpsWeighsModesBetterWithMoreParticles) {
  const GaussianMixturePrior prior = two_modes();
  const double exact = upper_mode_weight(prior, 0.05);
  const auto upper = [&](std::int64_t particles) {
    const Tensor x = run(prior, first_pixel_, mode_y_, 0.05, 800, "fps",
                         {{"steps", std::int64_t{50}}, {"particles", particles}, {"new_noise", 0.3}});
    return x.flatten(1).select(1, 1).gt(0).to(at::kDouble).mean().item<double>();
  };
  EXPECT_LT(std::abs(upper(16) - exact), std::abs(upper(1) - exact));
}

}  // namespace
}  // namespace dpsbench
