// PiGDM and TMPD: guidance from the moments of x_0 given x_t. Where the prior is Gaussian, E[x_0 | x_t, y] is known.
#include <gtest/gtest.h>

#include "core/ancestral.h"
#include "core/denoised.h"
#include "methods/parts/pigdm_guidance.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"
#include "tests/methods/step_keeper.h"

namespace dpsbench {
namespace {

class MomentGuidance : public testing::Test {
 protected:
  static constexpr double sigma_y = 0.3;

  /// The steps of a run of `steps` steps on y_, with the state each started from.
  struct Step {
    std::int64_t i;
    Tensor x_t;
    StepRecord record;
  };
  [[nodiscard]] std::vector<Step> run(const Prior& prior, const Operator& op, const std::string& method,
                                      std::map<std::string, OptionValue> options, const Tensor& y) const {
    options["steps"] = steps_;
    StepKeeper keeper;
    std::ignore = make_method(method, options)->sample({prior, schedule_, op, y, sigma_y, noise_}, keeper);
    std::vector<Step> steps;
    Tensor x_t = noise_.normal(Purpose::initial, 0, {1, 2, 2}, in_double());
    for (const StepRecord& record : keeper.steps) {
      steps.push_back({steps_ - record.done, x_t, record});
      x_t = record.state;
    }
    return steps;
  }

  /// E[x_0 | x_t, y] for the measurement y_ of every image.
  [[nodiscard]] Tensor posterior_mean(const GaussianMixturePrior& prior, const Tensor& x_t, std::int64_t i) const {
    return denoise(posterior_prior(prior, op_.matrix(), y_, sigma_y), x_t, kept_.level(i), false, Gradient::none).x0;
  }

  const std::int64_t steps_ = 12;
  const NoiseSchedule schedule_ = NoiseSchedule::linear();
  const NoiseSchedule kept_ = schedule_.respaced(steps_);
  const PhiloxNoise noise_ = noise_of(3);
  const MatrixOperator op_ = wide_operator();
  const Tensor y_ = at::tensor({0.5, -0.4}, in_double());
};

TEST_F(MomentGuidance, FullTmpdKnowsThePosteriorMeanOfAnyGaussianPrior) {
  const GaussianMixturePrior prior = correlated_prior();
  for (const Step& step : run(prior, op_, "tmpd", {{"covariance", std::string("full")}}, y_.expand({3, 2})))
    EXPECT_TRUE(at::allclose(step.record.x0_hat, posterior_mean(prior, step.x_t, step.i), 1e-8, 1e-8)) << step.i;
}

TEST_F(MomentGuidance, FullTmpdIsNotTheScoreOfAMixture) {
  // its covariance is not differentiated: the difference to the exact score must stay
  const GaussianMixturePrior prior = small_mixture();
  double largest = 0;
  for (const Step& step : run(prior, op_, "tmpd", {{"covariance", std::string("full")}}, y_.expand({3, 2})))
    largest =
        std::max(largest, (step.record.x0_hat - posterior_mean(prior, step.x_t, step.i)).abs().max().item<double>());
  EXPECT_GT(largest, 1e-3);
}

TEST_F(MomentGuidance, RowSumTmpdIsFullTmpdForIndependentPixelsSeenOrHidden) {
  const Tensor variances = at::tensor({0.2, 0.5, 0.8, 0.3}, in_double());
  const GaussianMixturePrior prior = gaussian_prior(at::full({4}, 0.1, in_double()), variances.diag(), {1, 2, 2});
  const auto op = bind_task("inpainting", {{"mask_fraction", 0.5}}, prior, noise_);
  const Tensor y = noise_.normal(Purpose::measurement, 0, {1, 2, 2}, in_double()) * op->measured();
  const auto row_sum = run(prior, *op, "tmpd", {}, y);
  const auto full = run(prior, *op, "tmpd", {{"covariance", std::string("full")}}, y);
  for (std::size_t k = 0; k < full.size(); ++k)
    EXPECT_TRUE(at::allclose(row_sum[k].record.state, full[k].record.state, 1e-9, 1e-9)) << k;
}

TEST_F(MomentGuidance, NegativeRowSumsAreFlooredUnlessAsPublished) {
  // strong negative correlations: a pixel's covariance with the sum of all is negative
  const Tensor covariance =
      at::tensor({1.0, -0.9, 0.0, 0.0, -0.9, 0.82, 0.0, 0.0, 0.0, 0.0, 0.3, 0.0, 0.0, 0.0, 0.0, 0.3}, in_double())
          .reshape({4, 4});
  const GaussianMixturePrior prior = gaussian_prior(at::zeros({4}, in_double()), covariance, {1, 2, 2});
  const auto op = bind_task("denoising", {}, prior, noise_);
  const Tensor y = noise_.normal(Purpose::measurement, 0, {1, 2, 2}, in_double());
  const auto last = [&](bool as_published) {
    return run(prior, *op, "tmpd", {{"as_published", as_published}}, y).back().record.x0_hat;
  };
  EXPECT_FALSE(at::allclose(last(true), last(false), 1e-3, 1e-3));
  EXPECT_LT(last(false).abs().max().item<double>(), 5);
}

TEST_F(MomentGuidance, PigdmIsExactForTheStandardNormalPrior) {
  const GaussianMixturePrior prior = standard_prior();
  const Problem problem{prior, schedule_, op_, y_.expand({3, 2}), sigma_y, noise_};
  for (std::int64_t i = 0; i < steps_; ++i) {
    const NoiseLevel level = kept_.level(i);
    const Tensor x_t = noise_.normal(Purpose::step, i, {1, 2, 2}, in_double());
    const Denoised at = denoise(prior, x_t, level, false, Gradient::wanted);
    const Tensor x0 = at.x0 + pigdm_guidance(problem, at, level).gradient / std::sqrt(level.alpha_bar);
    EXPECT_TRUE(at::allclose(x0, posterior_mean(prior, x_t, i), 1e-9, 1e-9)) << i;
  }
}

TEST_F(MomentGuidance, PigdmWithTheGainOfAScoreTakesDdimStepsOfThePosterior) {
  const GaussianMixturePrior prior = standard_prior();
  for (const double eta : {0.0, 0.6, 1.0})
    for (const Step& step :
         run(prior, op_, "pigdm", {{"eta", eta}, {"gain", std::string("score")}}, y_.expand({3, 2}))) {
      const Tensor exact = ddim_step(kept_, step.i, posterior_mean(prior, step.x_t, step.i), step.x_t, eta, noise_);
      EXPECT_TRUE(at::allclose(step.record.state, exact, 1e-8, 1e-8)) << step.i;
    }
}

TEST_F(MomentGuidance, PigdmAddsItsGuidanceToAnUnguidedStep) {
  const GaussianMixturePrior prior = standard_prior();
  for (const Step& step : run(prior, op_, "pigdm", {}, y_.expand({3, 2}))) {
    const NoiseLevel level = kept_.level(step.i);
    const Denoised at = denoise(prior, step.x_t, level, false, Gradient::wanted);
    const Tensor unguided = ddim_step(kept_, step.i, at.x0, step.x_t, 1, noise_);
    // g = r_t^2 J^T A^T (r_t^2 A A^T + sigma_y^2 I)^{-1} (y - A x0), here J = sqrt(alpha_bar) I
    const double r2 = 1 - level.alpha_bar;
    const Tensor gram = op_.matrix().matmul(op_.matrix().t()) * r2 + at::eye(2, in_double()) * (sigma_y * sigma_y);
    const Tensor solved = at::linalg_solve(gram, (y_ - op_.forward(at.x0)).t()).t();
    const Tensor g = adjoint(op_, solved) * (r2 * std::sqrt(level.alpha_bar));
    const double gain = std::sqrt(level.alpha_bar * kept_.alpha_bar_previous(step.i));
    EXPECT_TRUE(at::allclose(step.record.state, unguided + g * gain, 1e-9, 1e-9)) << step.i;
  }
}

TEST_F(MomentGuidance, PigdmAsPublishedIsTheAuthorsRecursion) {
  // ts = 0, k, 2 k, ...; x_s = sqrt(a_s) x0 + c1 z + c2 eps + sqrt(a_s a_t) g, g = J^T (H^+ y - H^+ H x0), and with a
  // mask m x0 is m y + (1 - m) x0 and g (1 - m) g; from sqrt(a_T) H^+ y + sqrt(1 - a_T) z
  const GaussianMixturePrior prior = small_mixture();
  const auto mask = bind_task("inpainting", {{"mask_fraction", 0.5}}, prior, noise_);
  const Tensor of_mask = measure(*mask, at::full({3, 1, 2, 2}, 0.4, in_double()), sigma_y, noise_, false);
  for (const bool masked : {false, true}) {
    const Operator& op = masked ? *mask : static_cast<const Operator&>(op_);
    const Tensor y = masked ? of_mask : y_.expand({3, 2});
    const std::map<std::string, OptionValue> options = {
        {"as_published", true}, {"start", std::string("measurement")}, {"eta", 0.7}, {"steps", std::int64_t{10}}};
    SilentObserver silent;
    const Tensor found = make_method("pigdm", options)->sample({prior, schedule_, op, y, sigma_y, noise_}, silent);

    const auto abar = [&](std::int64_t i) { return i < 0 ? 1.0 : schedule_.alpha_bar(i * 100); };
    const Tensor start = noise_.normal(Purpose::initial, 0, {1, 2, 2}, in_double());
    Tensor x = op.pseudo_inverse(y) * std::sqrt(abar(9)) + start * std::sqrt(1 - abar(9));
    for (std::int64_t i = 9; i >= 0; --i) {
      const double a_t = abar(i);
      const double a_s = abar(i - 1);
      const double c1 = 0.7 * std::sqrt((1 - a_t / a_s) * (1 - a_s) / (1 - a_t));
      const Denoised at = denoise(prior, x, schedule_.level(i * 100), false, Gradient::wanted);
      Tensor g = at.pull_back({op.pseudo_inverse(y) - op.pseudo_inverse(op.forward(at.x0))})[0];
      Tensor x0 = at.x0;
      if (masked) {
        x0 = x0 * (1 - op.measured()) + y * op.measured();
        g = g * (1 - op.measured());
      }
      const Tensor z = noise_.normal(Purpose::step, i, {1, 2, 2}, in_double());
      x = x0 * std::sqrt(a_s) + z * c1 + at.eps * std::sqrt(1 - a_s - c1 * c1) + g * std::sqrt(a_s * a_t);
    }
    EXPECT_TRUE(at::allclose(found, x, 1e-9, 1e-9)) << masked;
    if (masked) {
      EXPECT_TRUE(at::allclose(found * op.measured(), y, 1e-12, 1e-12));
    }
  }
}

TEST_F(MomentGuidance, TmpdEqualsPigdmForTheStandardNormalPrior) {
  const GaussianMixturePrior prior = standard_prior();
  const Problem problem{prior, schedule_, op_, y_.expand({3, 2}), sigma_y, noise_};
  for (const Step& step : run(prior, op_, "tmpd", {{"covariance", std::string("full")}}, y_.expand({3, 2}))) {
    const NoiseLevel level = kept_.level(step.i);
    const Denoised at = denoise(prior, step.x_t, level, false, Gradient::wanted);
    const Tensor x0 = at.x0 + pigdm_guidance(problem, at, level).gradient / std::sqrt(level.alpha_bar);
    EXPECT_TRUE(at::allclose(step.record.x0_hat, x0, 1e-9, 1e-9)) << step.i;
  }
}

TEST_F(MomentGuidance, SamplesOfPigdmAndTmpdHaveTheGaussianPosteriorsLaw) {
  constexpr std::int64_t count = 4000;
  const PhiloxNoise noise = noise_of(count);
  const auto expect_posterior = [&](const GaussianMixturePrior& prior, const std::string& method,
                                    const std::map<std::string, OptionValue>& options) {
    SilentObserver silent;
    const Problem problem{prior, schedule_, op_, y_.expand({count, 2}), sigma_y, noise};
    const Tensor x = make_method(method, options)->sample(problem, silent);
    expect_gaussian(x, law_of(posterior_prior(prior, op_.matrix(), y_, sigma_y)), 0.01, 0.05);
  };
  expect_posterior(standard_prior(), "pigdm", {{"steps", std::int64_t{200}}, {"gain", std::string("score")}});
  expect_posterior(correlated_prior(), "tmpd", {{"steps", std::int64_t{200}}, {"covariance", std::string("full")}});
}

}  // namespace
}  // namespace dpsbench
