#include "toy/line_mixture.h"

#include <gtest/gtest.h>

#include "priors/mixture/prior.h"
#include "tests/toy/small_toy.h"

namespace dpsbench {
namespace {

using testing_support::small_toy;

GaussianMixture small_mixture() { return toy_mixture(small_toy("exact", 10, 2, 10)); }

TEST(ToyMixture, HasTheGivenWeightsAndCovariances) {
  EXPECT_NEAR(small_mixture().log_weights.exp()[1].item<double>(), 0.75, 1e-15);
  const double shared = 0.3 * 0.45 * 0.5;
  const Tensor second = at::tensor({0.45 * 0.45, shared, shared, 0.25}, at::kDouble).view({2, 2});
  EXPECT_LT((small_mixture().covariances()[1] - second).abs().max().item<double>(), 1e-14);
}

TEST(Marginal, IsTheDensityWithTheOtherCoordinateIntegratedOut) {
  const GaussianMixturePrior prior(small_mixture(), {1, 1, 2}, at::kDouble);
  const Tensor x = at::tensor({-1.5, -0.2, 0.9}, at::kDouble);
  const Tensor y = at::linspace(-6, 6, 4001, at::kDouble);
  const Tensor points = at::stack({x.unsqueeze(1).expand({3, 4001}), y.unsqueeze(0).expand({3, 4001})}, 2);
  const Tensor joint = prior.log_density(points.reshape({-1, 1, 1, 2}), {1, 0}).exp().view({3, 4001});
  const Tensor integrated = joint.sum(1) * (12.0 / 4000);
  EXPECT_LT((marginal(small_mixture(), 0).density(x) - integrated).abs().max().item<double>(), 1e-10);
}

TEST(WindowLaw, IsTheMarginalTimesTheBias) {
  const Tensor x = at::linspace(-5, 5, 20001, at::kDouble);
  const Tensor biased = marginal(small_mixture(), 0).density(x) * (((x - 0.1) / 0.4).square() * -0.5).exp();
  const Tensor expected = biased / (biased.sum() * (10.0 / 20000));
  EXPECT_LT((window_law(small_mixture(), 0, 0.1, 0.4).density(x) - expected).abs().max().item<double>(), 1e-9);
}

TEST(LineMixture, HasADistributionFunctionThatIsTheIntegralOfItsDensity) {
  const LineMixture law = marginal(small_mixture(), 0);
  const Tensor x = at::linspace(-2, 2, 4001, at::kDouble);
  const Tensor middle = (x.narrow(0, 0, 4000) + x.narrow(0, 1, 4000)) / 2;
  EXPECT_LT((law.cdf(x).diff() - law.density(middle) * 1e-3).abs().max().item<double>(), 1e-9);
}

}  // namespace
}  // namespace dpsbench
