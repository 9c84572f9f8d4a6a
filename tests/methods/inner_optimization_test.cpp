// DCDP, SITCOM, DMPlug, MGPS, PnP-Flow and the oracle's choice.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "methods/parts/nearest_to_original.h"
#include "priors/unet/prior.h"
#include "tests/message_of.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/plain_network.h"
#include "tests/methods/problems.h"
#include "tests/methods/step_keeper.h"

namespace dpsbench {
namespace {

class InnerOptimization : public testing::Test {
 protected:
  [[nodiscard]] Problem problem(const Operator& op, const Tensor& y, double sigma_y = 0.1) const {
    return {prior_, schedule_, op, y, sigma_y, noise_};
  }
  const GaussianMixturePrior prior_ = small_mixture();
  const NoiseSchedule schedule_ = NoiseSchedule::linear();
  const PhiloxNoise noise_ = noise_of(3);
  const MatrixOperator wide_ = wide_operator();
  const Tensor y_ = noise_.normal(Purpose::measurement, 1, {2}, in_double()) * 0.3;
  const Tensor picture_ = noise_.normal(Purpose::measurement, 0, {1, 2, 2}, in_double()) * 0.3;
};

TEST_F(InnerOptimization, DcdpDescendsAsAQuadraticDoes) {
  const auto op = bind_task("denoising", {}, prior_, noise_);
  StepKeeper keeper;
  std::ignore = make_method("dcdp", {{"steps", std::int64_t{3}},
                                     {"data_steps", std::int64_t{7}},
                                     {"lr", 0.2},
                                     {"momentum", 0.0},
                                     {"purify", std::string("tweedie")}})
                    ->sample(problem(*op, picture_), keeper);
  const double left = std::pow(0.8, 7);
  Tensor from = at::zeros_like(picture_);
  for (const StepRecord& step : keeper.steps) {
    EXPECT_TRUE(at::allclose(step.x0_hat, picture_ + (from - picture_) * left, 1e-12, 1e-12));
    from = step.state;
  }
}

TEST_F(InnerOptimization, SitcomsLevelsEndEachImageByItself) {
  const std::map<std::string, OptionValue> options = {{"lr", 0.1}, {"inner_steps", std::int64_t{30}}};
  StepKeeper keeper;
  const Tensor together = make_method("sitcom", options)->sample(problem(wide_, y_), keeper);
  const double limit = std::pow(0.1 + 0.001, 2) * 2;
  const Tensor residual = wide_.forward(keeper.steps.back().x0_hat) - y_;
  EXPECT_LT(image_dot(residual, residual).max().item<double>(), limit);
  for (std::int64_t b = 0; b < 3; ++b) {
    const PhiloxNoise alone = noise_of(1, 1, b);
    SilentObserver silent;
    const Tensor x =
        make_method("sitcom", options)->sample({prior_, schedule_, wide_, y_.slice(0, b, b + 1), 0.1, alone}, silent);
    EXPECT_LT((x[0] - together[b]).abs().max().item<double>(), 1e-9) << b;
  }
}

TEST_F(InnerOptimization, SitcomOfHugeLambdaStaysAtTheState) {
  // Adam's steps are lr long whatever the gradient, so that v swings within a few lr of x_t
  StepKeeper far;
  StepKeeper near;
  std::map<std::string, OptionValue> options = {
      {"steps", std::int64_t{1}}, {"inner_steps", std::int64_t{200}}, {"early_stop", false}};
  std::ignore = make_method("sitcom", options)->sample(problem(wide_, y_), far);
  options["lambda"] = 1e6;
  std::ignore = make_method("sitcom", options)->sample(problem(wide_, y_), near);
  options["inner_steps"] = std::int64_t{1};  // x0 of x_t itself
  StepKeeper still;
  std::ignore = make_method("sitcom", options)->sample(problem(wide_, y_), still);
  const auto moved = [&](const StepKeeper& keeper) {
    return (keeper.steps[0].x0_hat - still.steps[0].x0_hat).abs().max().item<double>();
  };
  EXPECT_LT(moved(near), 0.3 * moved(far));
}

TEST_F(InnerOptimization, DmPlugRestsWhereTheNoiseExplainsTheResidual) {
  StepKeeper keeper;
  const double sigma_y = 0.2;
  const std::map<std::string, OptionValue> options = {{"steps", std::int64_t{300}}, {"lr", 0.05}};
  const Tensor x = make_method("dmplug", options)->sample(problem(wide_, y_, sigma_y), keeper);
  const Tensor residual = wide_.forward(x) - y_;
  EXPECT_LE(image_dot(residual, residual).max().item<double>(), 2 * sigma_y * sigma_y);
  EXPECT_EQ(keeper.steps.size(), 300U);
  EXPECT_TRUE(keeper.steps[298].state.equal(x));  // at rest
}

TEST_F(InnerOptimization, DmPlugPassesBackThroughThreeEvaluationsOfAFrozenNetwork) {
  const UNetPrior frozen(tiny_options(), tiny_parameters(), TensorOptions().dtype(at::kFloat));
  const PlainNetwork plain;
  const PhiloxNoise noise = noise_of(1);
  const auto states = [&](const Prior& prior) {
    const auto op = bind_task("denoising", {}, prior, noise);
    const Tensor y = noise.normal(Purpose::measurement, 0, {3, 32, 32}, prior.options()) * 0.3;
    StepKeeper keeper;
    std::ignore = make_method("dmplug", {{"steps", std::int64_t{2}}, {"lr", 0.02}})
                      ->sample({prior, schedule_, *op, y, 0.05, noise}, keeper);
    return std::pair{keeper.steps[0].state.to(at::kDouble), keeper.steps[1].state.to(at::kDouble)};
  };
  const auto [first, second] = states(frozen);
  const auto [plain_first, plain_second] = states(plain);
  const double moved = (plain_second - plain_first).norm().item<double>();
  EXPECT_GT(moved, 0.01);
  EXPECT_LT((second - plain_second).norm().item<double>(), 0.05 * moved);
}

/// Weights of x_l and x_s in the mean of q(x_t | x_l, x_s), and its variance, by precisions.
struct BetweenTwo {
  BetweenTwo(double abar_l, double abar_t, double abar_s) {
    const double of_cleaner = 1 / (1 - abar_t / abar_s);
    const double of_noisier = 1 / (1 - abar_l / abar_t);
    variance = 1 / (of_cleaner + abar_l / abar_t * of_noisier);
    l = std::sqrt(abar_l / abar_t) * of_noisier * variance;
    s = std::sqrt(abar_t / abar_s) * of_cleaner * variance;
  }
  double l, s, variance;
};

// Under N(0, I) the fit of a level is a Gaussian: the product of q(x_m | x0hat(x_t), x_t) and p(y | x0hat(x_m)).
TEST_F(InnerOptimization, MgpsFitsThePosteriorOfAGaussiansMidpoint) {
  const GaussianMixturePrior prior = standard_prior();
  const PhiloxNoise noise = noise_of(2000);
  const auto op = bind_task("denoising", {}, prior, noise);
  const double y = 0.8;
  const double sigma_y = 0.5;
  SilentObserver silent;
  const Tensor x =
      make_method("mgps", {{"steps", std::int64_t{3}},
                           {"gradient_steps", std::int64_t{1000}},
                           {"lr", 0.01},
                           {"warm_above", std::int64_t{2000}}})
          ->sample({prior, schedule_, *op, at::full({2000, 1, 2, 2}, y, in_double()), sigma_y, noise}, silent);
  const auto abar = [&](std::int64_t time) { return schedule_.alpha_bar(time - 1); };  // from 999 by 249 to 499
  const BetweenTwo guess(abar(999), abar(249), 1);
  const double pull = guess.l + guess.s * std::sqrt(abar(999));
  const double precision = 1 / guess.variance + abar(249) / (sigma_y * sigma_y);
  const double of_start = pull / guess.variance / precision;
  const double of_y = std::sqrt(abar(249)) / (sigma_y * sigma_y) / precision;
  const BetweenTwo onward(abar(999), abar(499), abar(249));
  const double mean = onward.s * of_y * y;
  const double variance =
      std::pow(onward.l + onward.s * of_start, 2) + onward.s * onward.s / precision + onward.variance;
  const double last = std::sqrt(abar(499));  // x0hat of N(0, I)
  expect_gaussian(x.reshape({-1, 1}),
                  {at::full({1}, mean * last, in_double()), at::full({1, 1}, variance * last * last, in_double())},
                  0.02, 0.03);
}

TEST_F(InnerOptimization, PnpFlowDoesNotKnowSigmaY) {
  SilentObserver silent;
  const auto sample = [&](double sigma_y) {
    return make_method("pnp-flow", {{"steps", std::int64_t{10}}})->sample(problem(wide_, y_, sigma_y), silent);
  };
  EXPECT_TRUE(sample(0.1).equal(sample(0)));
}

TEST_F(InnerOptimization, PnpFlowWithoutDataFallsToTheMiddleOfAGaussian) {
  const GaussianMixturePrior prior = correlated_prior();
  SilentObserver silent;
  const Tensor x = make_method("pnp-flow", {{"lr", 0.0}, {"steps", std::int64_t{200}}, {"draws", std::int64_t{40}}})
                       ->sample({prior, schedule_, wide_, y_, 0.1, noise_}, silent);
  const Tensor mean = law_of(prior).first.reshape({1, 1, 2, 2});
  EXPECT_LT((x - mean).abs().max().item<double>(), 0.1);
}

TEST_F(InnerOptimization, AnOracleKeepsTheNearestOfEachImage) {
  Problem told = problem(wide_, y_);
  told.original = at::zeros({2, 1, 2, 2}, in_double());
  NearestToOriginal oracle(told);
  const auto image = [](double a, double b) {
    return at::tensor({a, b}, in_double()).reshape({2, 1, 1, 1}).expand({2, 1, 2, 2});
  };
  EXPECT_TRUE(oracle.nearest(image(0.5, 0.5)).equal(image(0.5, 0.5)));
  EXPECT_TRUE(oracle.nearest(image(-0.4, 0.9)).equal(image(-0.4, 0.5)));
  EXPECT_TRUE(oracle.nearest(image(0.6, 0.1)).equal(image(-0.4, 0.1)));
  EXPECT_THROW(NearestToOriginal{problem(wide_, y_)}, Error);
}

TEST_F(InnerOptimization, AnOracleNeverChoosesWorseThanTheLastIterate) {
  for (const std::string method : {"sitcom", "dmplug"}) {
    Problem told = problem(wide_, y_);
    told.original = picture_;
    std::map<std::string, OptionValue> options = {{"steps", std::int64_t{6}}, {"lr", 0.3}, {"as_published", true}};
    SilentObserver silent;
    const auto error = [&](const std::string& select) {
      options["select"] = select;
      const Tensor offset = make_method(method, options)->sample(told, silent) - picture_;
      return image_dot(offset, offset);
    };
    const Tensor last = error("last");
    const Tensor best = error("oracle");
    EXPECT_TRUE((best <= last).all().item<bool>()) << method;
    EXPECT_TRUE((best < last).any().item<bool>()) << method;
  }
}

TEST_F(InnerOptimization, AnOracleIsPartOfThePublishedFormOnly) {
  for (const std::string method : {"sitcom", "dmplug"}) {
    const MethodEntry& entry = find_method(method);
    const auto chooses = [&](bool published, const std::string& select) {
      return chooses_by_original(entry, OptionValues(entry.options, {{"as_published", published}, {"select", select}}));
    };
    EXPECT_FALSE(chooses(false, "last"));
    EXPECT_FALSE(chooses(true, "last"));
    EXPECT_TRUE(chooses(true, "oracle"));
    EXPECT_THAT(message_of([&] { (void)chooses(false, "oracle"); }), testing::HasSubstr("needs as_published: true"));
  }
  EXPECT_FALSE(chooses_by_original(find_method("dps"), OptionValues(find_method("dps").options, {})));
}

TEST_F(InnerOptimization, HeunIsOfSecondOrder) {
  const GaussianMixturePrior prior = correlated_prior();
  const auto [mean, covariance] = law_of(prior);
  const auto [values, vectors] = at::linalg_eigh(covariance);
  const double first = 40;
  // the flow takes m + z to m + C^(1/2) (C + s^2 I)^(-1/2) z
  const Tensor start = noise_.normal(Purpose::initial, 0, {1, 2, 2}, in_double()).flatten(1) * first - mean;
  const Tensor scale = (values / (values + first * first)).sqrt();
  const Tensor exact = mean + (start.matmul(vectors) * scale).matmul(vectors.t());
  const auto error = [&](std::int64_t steps) {
    SilentObserver silent;
    const Tensor x = make_method("heun", {{"steps", steps}, {"sigma_max", first}, {"sigma_min", 1e-4}})
                         ->sample({prior, schedule_, wide_, y_, 0.1, noise_}, silent);
    return (x.flatten(1) - exact).abs().max().item<double>();
  };
  const double of_40 = error(40);
  EXPECT_LT(of_40, 0.01);
  EXPECT_LT(error(80), of_40 / 3);
}

}  // namespace
}  // namespace dpsbench
