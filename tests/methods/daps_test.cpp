#include <gtest/gtest.h>

#include "methods/parts/annealing.h"
#include "methods/parts/exploding_denoiser.h"
#include "priors/unet/prior.h"
#include "priors/weights/safetensors.h"
#include "tasks/parts/mask_operator.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

class GoldenDaps : public testing::Test {
 protected:
  const SafetensorsFile golden_{DPSBENCH_GOLDEN "/daps.safetensors"};
  const UNetPrior prior_{tiny_options(), tiny_parameters(), TensorOptions().dtype(at::kFloat)};
  const Tensor x_ = golden_.tensor("x");
};

TEST_F(GoldenDaps, DenoiserAgreesAtFourNoiseLevels) {
  for (const auto& [sigma, name] : {std::pair{100.0, "100"}, {10.0, "10"}, {1.0, "1"}, {0.1, "0.1"}}) {
    const Tensor x0 = denoise_exploding(prior_, x_ * sigma, continuous_level(sigma));
    const Tensor wanted = golden_.tensor(std::string("denoised_sigma_") + name);
    RecordProperty(fmt::format("deviation_at_{}", name), fmt::format("{:.2g}", relative_error(x0, wanted)));
    EXPECT_LT(relative_error(x0, wanted), 1e-5) << sigma;
  }
}

TEST_F(GoldenDaps, AnnealingNoisesAgree) {
  const std::vector<double> sigmas = daps_sigmas(200, 100, 0.1);
  const Tensor wanted = golden_.tensor("annealing_sigmas").to(at::kDouble);
  ASSERT_EQ(wanted.numel(), 201);
  EXPECT_TRUE(at::allclose(at::tensor(sigmas, in_double()), wanted, 1e-6, 0));
  EXPECT_EQ(sigmas.back(), 0);
}

TEST_F(GoldenDaps, ProbabilityFlowAgrees) {
  for (const auto& [sigma, name] : {std::pair{50.0, "50"}, {2.0, "2"}}) {
    const Tensor x0 = probability_flow(prior_, x_ * sigma, sigma, 0.01, 5, continuous_level);
    const double deviation = relative_error(x0, golden_.tensor(std::string("ode_from_") + name));
    RecordProperty(fmt::format("deviation_from_{}", name), fmt::format("{:.2g}", deviation));
    EXPECT_LT(deviation, 1e-5) << sigma;
  }
}

TEST_F(GoldenDaps, LangevinStepsAgree) {
  class Recorded final : public Noise {
   public:
    explicit Recorded(Tensor steps) : steps_(std::move(steps)) {}
    [[nodiscard]] Tensor normal(Purpose, std::int64_t step, const std::vector<std::int64_t>&,
                                const TensorOptions&) const override {
      return steps_.slice(0, step - 1, step);
    }
    [[nodiscard]] Tensor uniform(Purpose, std::int64_t, const std::vector<std::int64_t>&,
                                 const TensorOptions&) const override {
      return {};
    }
    [[nodiscard]] std::int64_t images() const override { return 1; }

   private:
    Tensor steps_;
  };
  const Recorded noise(golden_.tensor("langevin_noise"));
  const MaskOperator op(golden_.tensor("mask"), prior_.shape());
  const double tau = 0.01;
  const double ratio = golden_.tensor("langevin_ratio").item<double>();
  const InnerTarget target{op, golden_.tensor("measurement"), tau * tau / 2, golden_.tensor("langevin_x0hat"),
                           golden_.tensor("langevin_sigma").item<double>()};
  const double lr = 1e-4 * (1 + ratio * (0.01 - 1));
  const Tensor x = langevin_chain(target, {noise, 0, 3, lr});
  const double deviation = relative_error(x, golden_.tensor("langevin_out"));
  RecordProperty("deviation", fmt::format("{:.2g}", deviation));
  EXPECT_LT(deviation, 1e-5);
}

/// A chain long and slow enough to forget its start must settle at the product of the two Gaussians.
class InnerChains : public testing::Test {
 protected:
  static constexpr std::int64_t count = 4000;
  static constexpr double variance = 0.04;
  static constexpr double sigma = 0.5;
  const MatrixOperator op_ = wide_operator();
  const PhiloxNoise noise_ = noise_of(count);
  const Tensor y_ = at::tensor({0.4, -0.3}, in_double());
  const Tensor center_ = at::tensor({0.1, 0.2, -0.2, 0.3}, in_double());
  const InnerTarget target_{op_, y_.expand({count, 2}), variance,
                            center_.reshape({1, 1, 2, 2}).expand({count, 1, 2, 2}), sigma};

  void expect_settled(const Tensor& x, double error) const {
    const GaussianMixturePrior prior = gaussian_prior(center_, at::eye(4, in_double()) * (sigma * sigma), {1, 2, 2});
    expect_gaussian(x, law_of(posterior_prior(prior, op_.matrix(), y_, std::sqrt(variance))), error, error);
  }
};

TEST_F(InnerChains, LangevinSettlesAtTheTarget) {
  expect_settled(langevin_chain(target_, {noise_, 0, 400, 1e-3}), 0.02);
}

TEST_F(InnerChains, HamiltonianSettlesAtTheTarget) {
  expect_settled(hamiltonian_chain(target_, {noise_, 0, 400, 1e-3}, 0.8), 0.05);
}

TEST_F(InnerChains, MetropolisSettlesAtTheTargetWithoutBias) {
  expect_settled(metropolis_chain(target_, {noise_, 0, 400, 0.1}), 0);
}

TEST(Daps, AsPublishedCountsTheLikelihoodTwice) {
  const GaussianMixturePrior prior = standard_prior();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const MatrixOperator op = wide_operator();
  const PhiloxNoise noise = noise_of(2);
  SilentObserver silent;
  const Problem problem{prior, schedule, op, at::ones({2, 2}, in_double()), 0.1, noise};
  const auto run = [&](const std::string& mcmc, bool as_published, double tau) {
    return make_method("daps", {{"steps", std::int64_t{5}},
                                {"mcmc", mcmc},
                                {"mcmc_steps", std::int64_t{20}},
                                {"as_published", as_published},
                                {"tau", tau},
                                {"lr", 1e-3}})
        ->sample(problem, silent);
  };
  for (const std::string mcmc : {"langevin", "hmc"}) {
    EXPECT_TRUE(at::allclose(run(mcmc, true, 0.3), run(mcmc, false, 0.3 / std::sqrt(2)), 1e-9, 1e-9)) << mcmc;
    EXPECT_FALSE(at::allclose(run(mcmc, true, 0.3), run(mcmc, false, 0.3), 1e-3, 1e-3)) << mcmc;
  }
  EXPECT_TRUE(run("mh", true, 0.3).equal(run("mh", false, 0.3)));
}

TEST(Daps, ApproachesTheGaussianPosterior) {
  constexpr std::int64_t count = 2000;
  const GaussianMixturePrior prior = standard_prior();
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const MatrixOperator op = wide_operator();
  const PhiloxNoise noise = noise_of(count);
  const Tensor y = at::tensor({0.4, -0.3}, in_double());
  SilentObserver silent;
  const Tensor x = make_method("daps", {{"steps", std::int64_t{60}},
                                        {"sigma_max", 10.0},
                                        {"sigma_min", 0.02},
                                        {"as_published", false},
                                        {"tau", 0.2},
                                        {"lr", 1e-2},
                                        {"lr_ratio", 0.01},
                                        {"mcmc_steps", std::int64_t{40}}})
                       ->sample({prior, schedule, op, y.expand({count, 2}), 0.2, noise}, silent);
  // p(x_0 | x_t) has variance sigma^2 / (1 + sigma^2) here, not DAPS's sigma^2: the mean comes near, spread is not
  // exact
  const Tensor mean = law_of(posterior_prior(prior, op.matrix(), y, 0.2)).first;
  EXPECT_LT((x.flatten(1).mean(0) - mean).abs().max().item<double>(), 0.1);
}

}  // namespace
}  // namespace dpsbench
