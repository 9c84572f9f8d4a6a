#include <gtest/gtest.h>

#include <cmath>

#include "core/anisotropic.h"
#include "core/posterior_score.h"
#include "methods/parts/problem_posterior.h"
#include "tests/methods/closed_forms.h"

namespace dpsbench {
namespace {

GaussianMixturePrior posterior_of(const GaussianMixturePrior& prior, const Tensor& y, double sigma_y) {
  const Tensor identity = at::eye(prior.shape().elements(), in_double());
  return {linear_posterior(prior.mixture(), identity, y.flatten(), sigma_y), prior.shape(), in_double()};
}

TEST(ExactDenoisingScore, EqualsTheScoreOfTheNoisedPosteriorOfAMixture) {
  const GaussianMixturePrior prior = small_mixture();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(8);
  for (const double sigma_y : {0.01, 0.05, 0.1, 1.0}) {
    for (const std::int64_t t : {0, 10, 100, 500, 999}) {
      const NoiseLevel level = schedule.level(t);
      const Tensor y = noise.normal(Purpose::measurement, t, {1, 2, 2}, in_double());
      const Tensor x_t = noise.normal(Purpose::step, t, {1, 2, 2}, in_double());
      const Tensor score = exact_denoising_score(prior, schedule, x_t, level, y, sigma_y);
      for (std::int64_t b = 0; b < 8; ++b) {
        const Tensor truth = posterior_of(prior, y[b], sigma_y).score(x_t.slice(0, b, b + 1), level);
        const double error = (score.slice(0, b, b + 1) - truth).abs().max().item<double>();
        EXPECT_LT(error, 1e-10 * std::max(1.0, truth.abs().max().item<double>()))
            << "t " << t << " sigma_y " << sigma_y;
      }
    }
  }
}

TEST(ExactInpaintingScore, EqualsTheScoreOfTheNoisedPosteriorOfAMixture) {
  const GaussianMixturePrior prior = small_mixture();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(16);
  for (const double sigma_y : {1e-3, 0.05, 0.3, 2.0}) {
    for (const std::int64_t t : {0, 10, 100, 500, 999}) {
      const NoiseLevel level = schedule.level(t);
      const Tensor mask = (noise.uniform(Purpose::mask, t, {1, 2, 2}, in_double()) > 0.5).to(at::kDouble);
      const Tensor y = mask * noise.normal(Purpose::measurement, t, {1, 2, 2}, in_double());
      const Tensor x_t = noise.normal(Purpose::step, t, {1, 2, 2}, in_double());
      const Tensor score = inpainting_posterior(prior, x_t, level, y, mask, sigma_y).score;
      for (std::int64_t b = 0; b < 16; ++b) {
        const Tensor seen = mask[b].flatten().nonzero().flatten();
        const Tensor matrix = at::eye(4, in_double()).index_select(0, seen);
        const Tensor truth = seen.numel() == 0 ? prior.score(x_t.narrow(0, b, 1), level)
                                               : prior.posterior(matrix, y[b].flatten().index_select(0, seen), sigma_y)
                                                     ->score(x_t.narrow(0, b, 1), level);
        const double error = (score.narrow(0, b, 1) - truth).abs().max().item<double>();
        EXPECT_LT(error, 1e-10 * std::max(1.0, truth.abs().max().item<double>()))
            << "t " << t << " sigma_y " << sigma_y;
      }
    }
  }
}

TEST(ExactInpaintingScore, HasTheLimitsOfThePaper) {
  const GaussianMixturePrior prior = small_mixture();
  const NoiseLevel level = NoiseSchedule::linear().level(300);
  const double root = std::sqrt(level.alpha_bar);
  const double of_t = level.sigma() * level.sigma();
  const PhiloxNoise noise = noise_of(4);
  const Tensor mask = at::tensor({1.0, 0.0, 1.0, 0.0}, in_double()).reshape({1, 1, 2, 2});
  const Tensor y = noise.normal(Purpose::measurement, 0, {1, 2, 2}, in_double());
  const Tensor x_t = noise.normal(Purpose::step, 0, {1, 2, 2}, in_double());
  const Tensor u = x_t / root;
  // no measurement noise: measured components are (y - u) / sigma_t^2 whatever the prior
  const Tensor noiseless = inpainting_posterior(prior, x_t, level, y, mask, 1e-6).score;
  EXPECT_LT((mask * (noiseless - (y - u) / of_t / root)).abs().max().item<double>(), 1e-8);
  // a measurement drowned in noise tells nothing: the prior's own score
  const Tensor drowned = inpainting_posterior(prior, x_t, level, y, mask, 1e6).score;
  EXPECT_LT((drowned - prior.score(x_t, level)).abs().max().item<double>(), 1e-8);
  // nothing hidden: Proposition 4.1
  const Tensor all = inpainting_posterior(prior, x_t, level, y, at::ones_like(mask), 0.1).score;
  EXPECT_LT(
      (all - exact_denoising_score(prior, NoiseSchedule::linear(), x_t, level, y, 0.1)).abs().max().item<double>(),
      1e-10);
}

TEST(ExactInpaintingScore, NearTheDataIsThePriorAndTheLinearGuidance) {
  // sigma_t << sigma_y: s_post ~ s + (y - u) / sigma_y^2 on measured pixels
  const GaussianMixturePrior prior = small_mixture();
  const NoiseLevel level = NoiseLevel::of_sigma(1e-4, 0);
  const PhiloxNoise noise = noise_of(4);
  const Tensor mask = at::tensor({1.0, 0.0, 1.0, 0.0}, in_double()).reshape({1, 1, 2, 2});
  const Tensor y = noise.normal(Purpose::measurement, 0, {1, 2, 2}, in_double());
  const Tensor x_t = noise.normal(Purpose::step, 0, {1, 2, 2}, in_double());
  const Tensor score = inpainting_posterior(prior, x_t, level, y, mask, 0.5).score;
  const Tensor guided = prior.score(x_t, level) + mask * (y - x_t) / 0.25;
  EXPECT_LT((score - guided).abs().max().item<double>(), 1e-4 * guided.abs().max().item<double>());
}

TEST(ExactDenoisingScore, NeverAsksAPriorForLessNoiseThanItKnows) {
  class Bounded final : public Prior {
   public:
    [[nodiscard]] Evaluation evaluate(const Tensor& x, const NoiseLevel& level, Gradient) const override {
      EXPECT_GE(level.sigma(), 0.0099);
      return {at::zeros_like(x), {}, {}};
    }
    [[nodiscard]] ImageShape shape() const override { return {1, 2, 2}; }
    [[nodiscard]] double smallest_sigma() const override { return 0.01; }
    [[nodiscard]] TensorOptions options() const override { return in_double(); }
  };
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const Tensor x = at::ones({1, 1, 2, 2}, in_double());
  std::ignore = exact_denoising_score(Bounded(), schedule, x, schedule.level(0), x, 0.01);
}

/// Two components with three directions of variation each on 3 x 4 x 4 images, and some variance in all others.
GaussianMixturePrior low_rank_mixture() {
  const ImageShape shape{3, 4, 4};
  const Tensor numbers = noise_of(2, 9).normal(Purpose::training, 0, {4, shape.elements()}, at::kDouble);
  return {GaussianMixture::of_factors(at::tensor({0.3, 0.7}, in_double()).log(), numbers.select(1, 0) * 0.3,
                                      numbers.slice(1, 1).transpose(1, 2) * 0.4, at::tensor({0.02, 0.05}, in_double())),
          shape, in_double()};
}

TEST(ExactLinearScore, OfALowRankMixtureIsThatOfItsDensePosterior) {
  const GaussianMixturePrior prior = low_rank_mixture();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(3);
  const std::map<std::string, std::map<std::string, OptionValue>> cases = {
      {"inpainting", {{"mask_fraction", 0.5}}},
      {"super_resolution_pooling", {{"scale", std::int64_t{2}}}},
      {"colorization", {}},
      {"uniform_blur", {{"taps", std::int64_t{3}}}},
      {"compressed_sensing", {{"ratio", 0.5}}}};
  for (const auto& [task, options] : cases) {
    const auto op = bind_task(task, options, prior, noise);
    const Tensor y = measure(*op, prior.sample(noise, Purpose::training), 0.1, noise, false);
    const auto posterior = exact_posterior(prior, *op, y, 0.1);
    std::vector<Tensor> columns;
    for (const Tensor& unit : at::eye(48, in_double()).unbind(0))
      columns.push_back(op->forward(unit.view({1, 3, 4, 4}).expand({3, 3, 4, 4})).flatten(1));
    const Tensor matrices = at::stack(columns, 2);
    for (const std::int64_t t : {0, 100, 500, 999}) {
      const NoiseLevel level = schedule.level(t);
      const Tensor x_t = noise.normal(Purpose::step, t, {3, 4, 4}, in_double());
      const Tensor found = posterior->score(x_t, level);
      for (std::int64_t b = 0; b < 3; ++b) {
        const Tensor truth = prior.posterior(matrices[b], y[b].flatten(), 0.1)->score(x_t.narrow(0, b, 1), level);
        EXPECT_LT((found[b] - truth[0]).abs().max().item<double>(), 1e-9 * truth.abs().max().item<double>())
            << task << " t " << t;
      }
    }
  }
}

class ExactSampler : public testing::Test {
 protected:
  static constexpr std::int64_t count = 20000;
  static constexpr double sigma_y = 0.3;
  const GaussianMixturePrior prior_ = small_mixture();
  const NoiseSchedule schedule_ = NoiseSchedule::linear();
  const PhiloxNoise noise_ = noise_of(count, 5);
  const std::unique_ptr<Operator> identity_ = bind_task("denoising", {}, prior_, noise_);

  [[nodiscard]] Tensor samples(const Tensor& y, std::int64_t steps) const {
    const Problem problem{prior_, schedule_, *identity_, y, sigma_y, noise_};
    SilentObserver silent;
    return make_method("exact", {{"steps", steps}})->sample(problem, silent).flatten(1);
  }
};

TEST_F(ExactSampler, HasTheMeanAndCovarianceOfTheClosedFormPosterior) {
  const Tensor one = at::tensor({0.1, -0.2, 0.3, 0.4}, in_double()).reshape({1, 1, 2, 2});
  const Tensor x = samples(one.expand({count, 1, 2, 2}), 1000);
  const GaussianMixture truth = posterior_of(prior_, one[0], sigma_y).mixture();
  const Tensor weights = truth.log_weights.exp().unsqueeze(1);
  const Tensor mean = (weights * truth.means).sum(0);
  const Tensor spread = truth.means - mean;
  const Tensor covariance =
      (weights.unsqueeze(2) * (truth.covariances() + spread.unsqueeze(2) * spread.unsqueeze(1))).sum(0);

  const Tensor centred = x - x.mean(0);
  const Tensor sample_covariance = centred.t().matmul(centred) / (count - 1);
  const Tensor mean_error = (x.mean(0) - mean).abs() / (covariance.diag() / count).sqrt();
  EXPECT_LT(mean_error.max().item<double>(), 4) << "standard errors";
  // standard error of a covariance entry from the samples themselves
  const Tensor products = centred.unsqueeze(2) * centred.unsqueeze(1);
  const Tensor standard_error = products.std(0) / std::sqrt(static_cast<double>(count));
  const Tensor covariance_error = (sample_covariance - covariance).abs() / standard_error;
  EXPECT_LT(covariance_error.max().item<double>(), 4.5) << "standard errors";
}

TEST_F(ExactSampler, HasTheSpreadOfAFlatPriorsPosteriorWithAnyNumberOfStepsIfItsVarianceIsGaussian) {
  const GaussianMixturePrior wide =
      gaussian_prior(at::zeros({4}, in_double()), at::eye(4, in_double()) * 400, {1, 2, 2});
  const Tensor y = at::tensor({0.1, -0.2, 0.3, 0.4}, in_double()).reshape({1, 1, 2, 2}).expand({count, 1, 2, 2});
  const auto spread = [&](const std::string& variance, double of_y, std::int64_t steps) {
    SilentObserver silent;
    const Tensor x = make_method("exact", {{"steps", steps}, {"variance", variance}})
                         ->sample({wide, schedule_, *identity_, y, of_y, noise_}, silent);
    return ((x - y).square().mean() / (of_y * of_y)).item<double>();
  };
  for (const double of_y : {0.05, 0.3})
    for (const std::int64_t steps : {30, 200})
      EXPECT_NEAR(spread("gaussian", of_y, steps), 1, 4 * std::sqrt(2.0 / (4 * count))) << of_y << " " << steps;
  EXPECT_LT(spread("posterior", 0.05, 1000), 0.9);  // x_0 is taken as known, also where it is not
}

TEST_F(ExactSampler, WithAGaussianVarianceHasThePosteriorOfWhatIsSeenInAnyBasis) {
  constexpr std::int64_t some = 2000;
  const GaussianMixturePrior wide =
      gaussian_prior(at::zeros({4}, in_double()), at::eye(4, in_double()) * 400, {1, 2, 2});
  const MatrixOperator op = wide_operator();
  const PhiloxNoise noise = noise_of(some);
  const Tensor y = at::tensor({0.1, -0.2}, in_double()).view({1, 2}).expand({some, 2});
  SilentObserver silent;
  const Tensor x = make_method("exact", {{"steps", std::int64_t{100}}, {"variance", std::string("gaussian")}})
                       ->sample({wide, schedule_, op, y, 0.05, noise}, silent);
  const Tensor residual = op.forward(x) - y;
  EXPECT_NEAR(residual.square().mean().item<double>() / (0.05 * 0.05), 1, 4 * std::sqrt(2.0 / (2 * some)));
}

TEST_F(ExactSampler, HasTwiceTheErrorOfThePosteriorMean) {
  const Tensor x0 = prior_.sample(noise_, Purpose::training);
  const Tensor y = x0 + noise_.normal(Purpose::measurement, 0, {1, 2, 2}, in_double()) * sigma_y;
  const Tensor x = samples(y, 1000);
  // the posterior mean of denoising is Tweedie's: y + sigma_y^2 score of the prior noised to sigma_y
  const NoiseLevel level = NoiseLevel::of_sigma(sigma_y, 0);
  const Tensor mean = y + prior_score_ve(prior_, y, level) * (sigma_y * sigma_y);
  const double mmse = (mean - x0).pow(2).mean().item<double>();
  const double mse = (x - x0.flatten(1)).pow(2).mean().item<double>();
  EXPECT_NEAR(mse / mmse, 2, 0.06);
}

TEST_F(ExactSampler, TellsHowMuchOfItsScoreIsThePriorsTerm) {
  class Watch final : public Observer {
   public:
    void on_step(const StepRecord& record) override {
      states.push_back(record.state);
      shares.push_back(record.prior_share);
    }
    std::vector<Tensor> states;
    std::vector<Tensor> shares;
  };
  const PhiloxNoise noise = noise_of(3);
  const Tensor y = noise.normal(Purpose::measurement, 0, {1, 2, 2}, in_double());
  Watch watch;
  std::ignore = make_method("exact", {{"steps", std::int64_t{20}}, {"reference", std::string("naive")}})
                    ->sample({prior_, schedule_, *identity_, y, sigma_y, noise}, watch);

  const NoiseSchedule schedule = schedule_.respaced(20);
  for (std::size_t done = 1; done < 20; ++done) {  // the state after `done` steps is where the next one starts
    const Tensor x_t = watch.states[done - 1];
    const NoiseLevel level = schedule.level(19 - static_cast<std::int64_t>(done));
    const DenoisingPosterior at = denoising_posterior(prior_, schedule, level, sigma_y);
    const Tensor of_prior = prior_score_ve(prior_, denoising_state(at, x_t, level, y), at.level) * at.prior_weight;
    const Tensor of_data = (y - x_t / std::sqrt(level.alpha_bar)) * at.data_weight;
    const Tensor one = of_prior.flatten(1).norm(2, 1);
    EXPECT_TRUE(at::allclose(watch.shares[done], one / (one + of_data.flatten(1).norm(2, 1)), 1e-9, 1e-12)) << done;
  }
}

TEST_F(ExactSampler, ServesInpaintingAndOtherLinearTasksOfAMixture) {
  const Tensor x0 = at::tensor({0.1, -0.2, 0.3, 0.4}, in_double()).reshape({1, 1, 2, 2}).expand({count, 1, 2, 2});
  for (const std::string task : {"inpainting", "super_resolution_pooling"}) {
    const std::int64_t few = 64;
    const PhiloxNoise noise = noise_of(few, 5);
    const auto small = task == "inpainting" ? bind_task(task, {{"mask_fraction", 0.5}}, prior_, noise)
                                            : bind_task(task, {{"scale", std::int64_t{2}}}, prior_, noise);
    const Tensor y = measure(*small, x0.narrow(0, 0, few), 0.2, noise, false);
    SilentObserver silent;
    const Tensor x = make_method("exact", {{"steps", std::int64_t{100}}})
                         ->sample({prior_, schedule_, *small, y, 0.2, noise}, silent);
    // the residual of a posterior sample is about sigma_y long
    const Tensor residual = (small->forward(x) - y).pow(2);
    const double measured = small->measured().defined() ? 0.5 : 1.0;
    EXPECT_NEAR(residual.mean().item<double>() / measured, 0.04, 0.03) << task;
  }
}

TEST_F(ExactSampler, CachedReferenceStaysNearTheNaiveOneWithFewerEvaluations) {
  const Tensor y = at::tensor({0.1, -0.2, 0.3, 0.4}, in_double()).reshape({1, 1, 2, 2}).expand({count, 1, 2, 2});
  const Problem problem{prior_, schedule_, *identity_, y, sigma_y, noise_};
  SilentObserver silent;
  const Tensor cached = make_method("exact", {{"steps", std::int64_t{100}}})->sample(problem, silent);
  const Tensor naive = make_method("exact", {{"steps", std::int64_t{100}}, {"reference", std::string("naive")}})
                           ->sample(problem, silent);
  EXPECT_LT((cached - naive).abs().mean().item<double>(), 0.02);
  EXPECT_GT((cached - naive).abs().max().item<double>(), 0);
  const MethodEntry& exact = find_method("exact");
  const double naive_cost =
      exact.cost(OptionValues(exact.options, {{"reference", std::string("naive")}}), 0.05).forward;
  EXPECT_EQ(naive_cost, 1999);
  EXPECT_LT(exact.cost(OptionValues(exact.options, {}), 0.05).forward, 1120);
}

/// A mixture that only tells the score of noise of each pixel's own, as a network does.
class Network final : public Prior, public AnisotropicScore {
 public:
  explicit Network(const GaussianMixturePrior& law, Tensor variance_of_law = {})
      : law_(law), variance_of_law_(std::move(variance_of_law)) {}
  [[nodiscard]] Evaluation evaluate(const Tensor& x, const NoiseLevel& level, Gradient gradient) const override {
    ++evaluations;
    return law_.evaluate(x, level, gradient);
  }
  [[nodiscard]] Tensor score_anisotropic(const Tensor& x, const Tensor& variances) const override {
    return law_.score_anisotropic(x, variances);
  }
  /// With the variance of pixels that are independent under the law.
  [[nodiscard]] AnisotropicEvaluation evaluate_anisotropic(const Tensor& x, const Tensor& variances) const override {
    ++evaluations;
    Tensor variance;
    if (variance_of_law_.defined()) variance = 1 / (1 / variances + 1 / variance_of_law_);
    return {score_anisotropic(x, variances), variance};
  }
  [[nodiscard]] ImageShape shape() const override { return law_.shape(); }
  [[nodiscard]] TensorOptions options() const override { return law_.options(); }
  mutable std::int64_t evaluations = 0;

 private:
  const GaussianMixturePrior& law_;
  Tensor variance_of_law_;
};

TEST_F(ExactSampler, InpaintsWithANetworkToldEachPixelsNoiseAsWithTheClosedForm) {
  const Network network(prior_);
  const PhiloxNoise noise = noise_of(6, 5);
  const auto op = bind_task("inpainting", {{"mask_fraction", 0.5}}, prior_, noise);
  const Tensor y = measure(*op, prior_.sample(noise, Purpose::training), 0.2, noise, false);
  SilentObserver silent;
  const auto method = make_method("exact", {{"steps", std::int64_t{50}}, {"variance", std::string("posterior")}});
  const Tensor met = method->sample({network, schedule_, *op, y, 0.2, noise}, silent);
  EXPECT_TRUE(at::equal(met, method->sample({prior_, schedule_, *op, y, 0.2, noise}, silent)));
  EXPECT_EQ(network.evaluations, 50);
  const Tensor told =
      make_method("exact", {{"steps", std::int64_t{50}}})->sample({network, schedule_, *op, y, 0.2, noise}, silent);
  EXPECT_TRUE(at::equal(told, met));       // there is no variance that it could have learned,
  EXPECT_EQ(network.evaluations, 2 * 50);  // and it is not asked for one
  const MethodEntry& exact = find_method("exact");
  const OptionValues values(exact.options, {{"steps", std::int64_t{50}}, {"variance", std::string("posterior")}});
  EXPECT_EQ(cost_of(exact, find_task("inpainting"), values, 0.2).forward, 50);
  EXPECT_LT(cost_of(exact, find_task("denoising"), values, 0.2).forward, 50);  // references alone, which are reused
}

TEST_F(ExactSampler, WithTheNetworksVarianceHasThePosteriorOfIndependentPixelsWithFewSteps) {
  const Tensor variances = at::tensor({0.04, 0.09, 0.25, 1.0}, in_double());
  const GaussianMixturePrior law = gaussian_prior(at::zeros({4}, in_double()), variances.diag(), {1, 2, 2});
  const Network network(law, variances.view({1, 1, 2, 2}));
  const auto op = bind_task("half_inpainting", {}, law, noise_);
  const Tensor one = at::tensor({0.1, 0.0, 0.3, 0.0}, in_double()).reshape({1, 1, 2, 2});
  const Tensor y = one.expand({count, 1, 2, 2});
  SilentObserver silent;
  const Tensor x = make_method("exact", {{"steps", std::int64_t{20}}})
                       ->sample({network, schedule_, *op, y, sigma_y, noise_}, silent)
                       .flatten(1);
  const Tensor seen = op->measured()[0].flatten();
  const Tensor posterior = 1 / (1 / variances + seen / (sigma_y * sigma_y));
  const Tensor mean = posterior * seen * one.flatten() / (sigma_y * sigma_y);
  EXPECT_LT(((x.mean(0) - mean) / (posterior / count).sqrt()).abs().max().item<double>(), 4) << "standard errors";
  EXPECT_LT((x.var(0) / posterior - 1).abs().max().item<double>(), 4 * std::sqrt(2.0 / count));
}

TEST(ExactMethod, ServesInpaintingAloneWithANetworkToldEachPixelsNoise) {
  const MethodEntry& exact = find_method("exact");
  const auto served = [&](const std::string& method, const std::string& task, KnownPosteriors known) {
    return incompatibility(find_method(method), find_task(task), known).empty();
  };
  for (const char* task : {"denoising", "inpainting", "box_inpainting", "half_inpainting"})
    EXPECT_TRUE(served("exact", task, KnownPosteriors::inpainting_scores)) << task;
  EXPECT_FALSE(served("exact", "super_resolution", KnownPosteriors::inpainting_scores));
  EXPECT_FALSE(served("exact", "inpainting", KnownPosteriors::none));
  EXPECT_FALSE(served("posterior-draw", "inpainting", KnownPosteriors::inpainting_scores));
  EXPECT_NE(incompatibility(exact, find_task("inpainting"), KnownPosteriors::none).find("noise_map"),
            std::string::npos);
}

}  // namespace
}  // namespace dpsbench
