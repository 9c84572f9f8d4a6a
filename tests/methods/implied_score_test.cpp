#include "methods/parts/implied_score.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/denoised.h"
#include "core/error.h"
#include "methods/parts/problem_posterior.h"
#include "priors/mixture/mode_grid.h"
#include "tests/message_of.h"
#include "tests/methods/closed_forms.h"

namespace dpsbench {
namespace {

constexpr double deviation_of_y = 0.3;

/// Two images measured through the wide operator, and a state at step i of 100.
struct Situation {
  explicit Situation(const GaussianMixturePrior& of_prior) : prior(of_prior) {}

  [[nodiscard]] Tensor score(const std::string& name, const std::map<std::string, OptionValue>& given) const {
    const MethodEntry& entry = find_method(name);
    std::map<std::string, OptionValue> options = given;
    options["steps"] = std::int64_t{100};
    const ImpliedScore implied(entry, OptionValues(entry.options, options));
    return implied.at({prior, schedule, op, y, deviation_of_y, noise}, i, x_t);
  }
  [[nodiscard]] NoiseLevel level() const { return schedule.respaced(100).level(i); }

  const GaussianMixturePrior& prior;
  NoiseSchedule schedule = NoiseSchedule::linear();
  MatrixOperator op = wide_operator();
  PhiloxNoise noise = noise_of(2);
  Tensor y = at::tensor({0.4, -0.7, 0.1, 0.9}, in_double()).view({2, 2});
  Tensor x_t = noise.normal(Purpose::training, 0, {1, 2, 2}, in_double());
  std::int64_t i = 40;
};

double relative_error(const Tensor& found, const Tensor& expected) {
  return ((found - expected).norm() / expected.norm()).item<double>();
}

TEST(ImpliedScore, OfTheExactMethodIsTheExactScore) {
  const GaussianMixturePrior prior = small_mixture();
  Situation setup(prior);
  for (const std::int64_t i : {0, 1, 40, 99}) {
    setup.i = i;
    const Tensor expected = exact_posterior(prior, setup.op, setup.y, deviation_of_y)->score(setup.x_t, setup.level());
    EXPECT_LT(relative_error(setup.score("exact", {}), expected), 1e-9) << i;
  }
}

TEST(ImpliedScore, WithoutGuidanceIsThePriorsScore) {
  const GaussianMixturePrior prior = small_mixture();
  const Situation setup(prior);
  EXPECT_LT(relative_error(setup.score("unconditional", {}), prior.score(setup.x_t, setup.level())), 1e-10);
}

TEST(ImpliedScore, OfMethodsThatAreExactForAGaussianPriorIsTheExactScore) {
  const GaussianMixturePrior gaussian = correlated_prior();
  const Situation setup(gaussian);
  const auto exact = exact_posterior(gaussian, setup.op, setup.y, deviation_of_y);
  EXPECT_LT(relative_error(setup.score("tmpd", {{"covariance", "full"}}), exact->score(setup.x_t, setup.level())),
            1e-9);
  const GaussianMixturePrior standard = standard_prior();
  const Situation flat(standard);
  const auto of_standard = exact_posterior(standard, flat.op, flat.y, deviation_of_y);
  EXPECT_LT(relative_error(flat.score("pigdm", {{"gain", "score"}}), of_standard->score(flat.x_t, flat.level())), 1e-9);
  EXPECT_LT(relative_error(flat.score("pigdm", {{"gain", "score"}, {"eta", 0.4}}),
                           of_standard->score(flat.x_t, flat.level())),
            1e-9);
}

TEST(ImpliedScore, OfDpsWHasTheCapOfTheWholeRun) {
  // two steps apart by their lambda only, both binding: what lambda adds to the score at step i of 100 is lambda * 1000
  // / 100 times s_DPS over the step's gain, whatever i
  const GaussianMixturePrior prior = gaussian_prior(at::zeros({16}, in_double()), at::eye(16, in_double()), {1, 4, 4});
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(2);
  const auto op = bind_task("super_resolution_pooling", {{"scale", std::int64_t{2}}}, prior, noise);
  const Tensor y = noise.normal(Purpose::measurement, 0, {1, 2, 2}, in_double());
  const Tensor x_t = noise.normal(Purpose::training, 0, {1, 4, 4}, in_double());
  const MethodEntry& entry = find_method("dps-w");
  for (const std::int64_t i : {5, 50}) {
    const auto score = [&](double lambda) {
      const OptionValues options(entry.options, {{"steps", std::int64_t{100}}, {"lambda", lambda}});
      return ImpliedScore(entry, options).at({prior, schedule, *op, y, 0.05, noise}, i, x_t);
    };
    const NoiseSchedule run = schedule.respaced(100);
    const Denoised at = denoise(prior, x_t, run.level(i), false, Gradient::wanted);
    const Tensor s_dps = at.pull_back({op->vjp(at.x0, op->forward(at.x0) - y) * -2})[0];
    const double gain = run.beta(i) / std::sqrt(run.alpha(i));
    EXPECT_LT(relative_error(score(2e-6) - score(1e-6), s_dps * (1e-6 * 10 / gain)), 1e-6) << i;
  }
}

TEST(ImpliedScore, IsReadAtTheStateAlsoOfAMethodThatStartsFromTheMeasurement) {
  const GaussianMixturePrior prior = small_mixture();
  const Situation setup(prior);
  EXPECT_TRUE(setup.score("pigdm", {{"start", "measurement"}}).equal(setup.score("pigdm", {})));
}

TEST(ImpliedScore, OfDpsIsItsGradientOverTheStepsGain) {
  const GaussianMixturePrior prior = small_mixture();
  const Situation setup(prior);
  const Tensor difference = setup.score("dps", {{"scale", 0.7}}) - setup.score("dps", {{"scale", 0.2}});
  const Tensor unit = setup.score("dps", {{"scale", 1.2}}) - setup.score("dps", {{"scale", 0.7}});
  EXPECT_LT(relative_error(difference, unit), 1e-9);  // linear in the scale
  const NoiseSchedule schedule = setup.schedule.respaced(100);
  const Evaluation at = prior.evaluate(setup.x_t, setup.level(), Gradient::wanted);
  const double root = std::sqrt(setup.level().alpha_bar);
  const Tensor x0 = setup.x_t / root - at.eps * setup.level().sigma();
  const Tensor residual = setup.op.forward(x0) - setup.y;
  const Tensor of_x0 = setup.op.vjp(x0, residual / image_norm(residual).unsqueeze(1));
  const Tensor gradient = of_x0 / root - at.pull_back({of_x0})[0] * setup.level().sigma();
  const double gain = schedule.beta(setup.i) / std::sqrt(schedule.alpha(setup.i));  // of a score in a DDPM step
  EXPECT_LT(relative_error(difference, gradient * (-0.5 / gain)), 1e-9);
}

TEST(ImpliedScore, RefusesMethodsThatFollowNone) {
  EXPECT_EQ(message_of<UserError>([] {
              const MethodEntry& entry = find_method("daps");
              ImpliedScore(entry, OptionValues(entry.options, {}));
            }),
            "method 'daps' has no reverse step that follows a score");
}

TEST(ImpliedScore, IsReadFromEveryMethodThatSaysItFollowsOne) {
  const GaussianMixturePrior prior = small_mixture();
  const Situation setup(prior);
  int read = 0;
  for (const MethodEntry& entry : methods()) {
    if (!entry.follows_score || !entry.only_tasks.empty() || entry.needs.denoising_reference) continue;
    const Tensor score = setup.score(entry.name, {});
    EXPECT_TRUE(score.isfinite().all().item<bool>()) << entry.name;
    ++read;
  }
  EXPECT_GE(read, 8);
}

TEST(ExactPosterior, OfModesUnderARandomMatrixIsTheClosedFormWithoutDenseMatrices) {
  const ImageShape shape{1, 1, 8};
  const GaussianMixturePrior prior(ModeGrid{.dimension = 8}.mixture(), shape, in_double());
  const PhiloxNoise noise = noise_of(2);
  const auto op = bind_task("random_matrix", {{"measurements", std::int64_t{4}}}, prior, noise);
  const Tensor y = measure(*op, prior.sample(noise, Purpose::training, 0), 1.0, noise, false);
  const auto found = exact_posterior(prior, *op, y, 1.0);
  for (std::int64_t b = 0; b < 2; ++b) {
    std::vector<Tensor> columns;
    for (const Tensor& unit : at::eye(8, in_double()).unbind(0))
      columns.push_back(op->forward(unit.view(shape.batch(1)).expand(shape.batch(2)))[b]);
    const GaussianMixture expected = linear_posterior(prior.mixture(), at::stack(columns, 1), y[b], 1.0);
    const Tensor mean = expected.log_weights.exp().matmul(expected.means);
    EXPECT_LT((found->mean()[b].flatten() - mean).abs().max().item<double>(), 1e-10);
    EXPECT_LT((found->mode_weights()[b] - expected.log_weights.exp()).abs().max().item<double>(), 1e-10);
  }
}

}  // namespace
}  // namespace dpsbench
