#include "training/diffusion_loss.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

namespace dpsbench {
namespace {

const TensorOptions kDoubles = at::TensorOptions(at::kDouble);

Tensor number(double value) { return at::scalar_tensor(value, kDoubles); }

double normal_cdf(double x) { return 0.5 * std::erfc(-x / std::sqrt(2.0)); }

TEST(GaussianKl, AgreesWithNumericalIntegration) {
  const double mean = 0.3;
  const double deviation = 0.7;
  const double other_mean = -0.4;
  const double other_deviation = 1.1;
  const Tensor x = at::linspace(-9, 9, 200001, kDoubles);
  const Tensor log_p = -0.5 * ((x - mean) / deviation).square() - std::log(deviation);
  const Tensor log_q = -0.5 * ((x - other_mean) / other_deviation).square() - std::log(other_deviation);
  const double expected = (log_p.exp() * (log_p - log_q)).sum().item<double>() * (18.0 / 200000) / std::sqrt(2 * M_PI);
  const Tensor met = gaussian_kl(number(mean), number(2 * std::log(deviation)), number(other_mean),
                                 number(2 * std::log(other_deviation)));
  EXPECT_NEAR(met.item<double>(), expected, 1e-9);
}

TEST(GaussianKl, IsZeroForOneDistribution) {
  EXPECT_EQ(gaussian_kl(number(0.3), number(-4), number(0.3), number(-4)).item<double>(), 0);
}

TEST(DiscretisedLogLikelihood, IsTheNormalIntegratedOverALevel) {
  const double x = 101.0 / 255 * 2 - 1;
  const double mean = -0.2;
  const double deviation = 0.05;
  const double expected =
      std::log(normal_cdf((x - mean + 1.0 / 255) / deviation) - normal_cdf((x - mean - 1.0 / 255) / deviation));
  const Tensor met = discretised_log_likelihood(number(x), number(mean), number(std::log(deviation)));
  EXPECT_NEAR(met.item<double>(), expected, 1e-10);
}

TEST(DiscretisedLogLikelihood, ProbabilitiesOfAllLevelsAddUpToOne) {
  const Tensor levels = at::arange(256, kDoubles) / 255 * 2 - 1;
  for (const double deviation : {0.003, 0.1, 2.0})
    for (const double mean : {-1.0, 0.123, 0.95}) {
      const Tensor log_probability = discretised_log_likelihood(levels, number(mean), number(std::log(deviation)));
      EXPECT_NEAR(log_probability.exp().sum().item<double>(), 1, 1e-8) << mean << " " << deviation;
    }
}

TEST(DiscretisedLogLikelihood, StaysFiniteFarFromTheMean) {
  EXPECT_NEAR(discretised_log_likelihood(number(0), number(0.9), number(-9)).item<double>(), std::log(1e-12), 1e-6);
}

/// Two images at steps t, one above 0 and one at 0, with a network output of given noise error and variance fraction.
struct Case {
  NoiseSchedule schedule = NoiseSchedule::linear();
  DiffusionLoss loss{schedule, kDoubles};
  Tensor t = at::tensor({400, 0}).to(at::kLong);
  Tensor x0 = (at::arange(2 * 3 * 4 * 4, kDoubles) * 37).remainder(256).reshape({2, 3, 4, 4}) / 255 * 2 - 1;
  Tensor eps = at::sin(at::arange(2 * 3 * 4 * 4, kDoubles) * 1.7).reshape({2, 3, 4, 4});
  Tensor x_t = loss.noised(x0, t, eps);

  [[nodiscard]] LossTerms terms(double error, double fraction) const {
    const Tensor output = at::cat({eps + error, at::full_like(eps, fraction)}, 1);
    return loss.terms(output, x0, x_t, t, eps);
  }
};

TEST(DiffusionLoss, NoisesEachImageToItsOwnStep) {
  const Case c;
  for (std::int64_t image = 0; image < 2; ++image) {
    const double alpha_bar = c.schedule.alpha_bar(c.t[image].item<std::int64_t>());
    const Tensor expected = c.x0[image] * std::sqrt(alpha_bar) + c.eps[image] * std::sqrt(1 - alpha_bar);
    EXPECT_TRUE(at::allclose(c.x_t[image], expected, 1e-12, 1e-12));
  }
}

TEST(DiffusionLoss, SimpleTermIsTheSquaredErrorOfTheNoise) {
  const LossTerms terms = Case().terms(0.3, 0);
  EXPECT_TRUE(at::allclose(terms.simple, at::full({2}, 0.09, kDoubles)));
}

TEST(DiffusionLoss, VariationalTermIsTheDivergenceOfTheReverseStep) {
  const Case c;
  const double smallest = c.schedule.posterior_log_variance(400);
  const double largest = std::log(c.schedule.beta(400));
  // a perfect network: none
  EXPECT_NEAR(c.terms(0, -1).variational[0].item<double>(), 0, 1e-9);
  // the right mean, the largest variance
  const double of_variance = 0.5 * (std::exp(smallest - largest) - 1 - (smallest - largest));
  EXPECT_NEAR(c.terms(0, 1).variational[0].item<double>(), of_variance / std::log(2.0), 1e-9);
  // the right variance, every pixel's noise off by 0.3: the mean is off by 0.3 beta / sqrt(1 - alpha_bar) / sqrt(alpha)
  const double off = 0.3 * c.schedule.beta(400) / std::sqrt((1 - c.schedule.alpha_bar(400)) * c.schedule.alpha(400));
  const double of_mean = 0.5 * off * off / std::exp(smallest);
  EXPECT_NEAR(c.terms(0.3, -1).variational[0].item<double>(), of_mean / std::log(2.0), 1e-9);
}

TEST(DiffusionLoss, LastStepIsTheLikelihoodOfThePixels) {
  const Case c;
  // with the true noise the mean is x_0; every level then has the same probability, save the outermost two
  const double deviation = std::exp(0.5 * c.schedule.posterior_log_variance(0));
  const double inner = 2 * normal_cdf(1.0 / 255 / deviation) - 1;
  const double outer = normal_cdf(1.0 / 255 / deviation);
  const Tensor is_outer = c.x0[1].abs() > 0.999;
  const double share = is_outer.to(at::kDouble).mean().item<double>();
  const double expected = -(share * std::log(outer) + (1 - share) * std::log(inner)) / std::log(2.0);
  EXPECT_NEAR(c.terms(0, -1).variational[1].item<double>(), expected, 1e-8);
}

TEST(DiffusionLoss, VariationalTermTeachesTheVarianceOnly) {
  const Case c;
  const Tensor output = at::cat({c.eps + 0.1, at::zeros_like(c.eps)}, 1).requires_grad_(true);
  const LossTerms terms = c.loss.terms(output, c.x0, c.x_t, c.t, c.eps);
  const Tensor gradient = torch::autograd::grad({terms.variational.sum()}, {output}, {}, true)[0];
  EXPECT_EQ(gradient.narrow(1, 0, 3).abs().max().item<double>(), 0);
  EXPECT_GT(gradient.narrow(1, 3, 3).abs().min().item<double>(), 0);
}

TEST(DiffusionLoss, HybridWeighsTheBoundByAThousandthOfTheSteps) {
  const LossTerms terms = {at::tensor({1.0, 3.0}, kDoubles), at::tensor({10.0, 30.0}, kDoubles)};
  EXPECT_NEAR(DiffusionLoss(NoiseSchedule::linear(1000), kDoubles).hybrid(terms).item<double>(), 2 + 20, 1e-12);
  EXPECT_NEAR(DiffusionLoss(NoiseSchedule::linear(50), kDoubles).hybrid(terms).item<double>(), 2 + 0.05 * 20, 1e-12);
}

TEST(DiffusionLoss, FixedVarianceHasTheSimpleTermAlone) {
  const Case c;
  const LossTerms terms = c.loss.terms(c.eps + 0.5, c.x0, c.x_t, c.t, c.eps);
  EXPECT_FALSE(terms.variational.defined());
  EXPECT_NEAR(c.loss.hybrid(terms).item<double>(), 0.25, 1e-12);
}

}  // namespace
}  // namespace dpsbench
