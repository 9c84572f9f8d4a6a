#include "priors/mixture/mode_grid.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "priors/mixture/prior.h"

namespace dpsbench {
namespace {

TEST(ModeGrid, HasTheMeansAndWeightsOfThePapers) {
  const GaussianMixture mixture = ModeGrid{.dimension = 8}.mixture();
  EXPECT_EQ(mixture.components(), 25);
  EXPECT_TRUE(mixture.means[0].equal(at::full({8}, 16.0, at::kDouble)));  // i = j = -2
  EXPECT_TRUE(mixture.means[1].equal(at::tensor({16.0, 8.0}, at::kDouble).repeat({4})));
  EXPECT_LT((mixture.log_weights.exp() - 0.04).abs().max().item<double>(), 1e-15);
  EXPECT_LT((mixture.covariances() - at::eye(8, at::kDouble)).abs().max().item<double>(), 1e-14);
}

TEST(ModeGrid, DrawsUnequalWeightsOnce) {
  const Tensor weights = ModeGrid{.equal_weights = false}.mixture().log_weights.exp();
  EXPECT_NEAR(weights.sum().item<double>(), 1, 1e-14);
  EXPECT_GT(weights.max().item<double>(), 0.1);
  EXPECT_TRUE(weights.equal(ModeGrid{.dimension = 80, .equal_weights = false}.mixture().log_weights.exp()));
}

TEST(ModeGrid, DenoisesByTheClosedFormOfUnitCovariances) {
  for (const std::int64_t d : {8, 800}) {
    const GaussianMixture mixture = ModeGrid{.dimension = d}.mixture();
    const GaussianMixturePrior prior(mixture, {1, 1, d}, TensorOptions().dtype(at::kDouble));
    const PhiloxNoise noise(1, {{"test", "a"}, {"test", "b"}});
    const double abar = 0.02;
    const Tensor x = prior.sample(noise, Purpose::initial, 0) * std::sqrt(abar) +
                     noise.normal(Purpose::inner, 0, {1, 1, d}, at::kDouble) * std::sqrt(1 - abar);
    // x0hat = sqrt(abar) x + (1 - abar) sum_k gamma_k mu_k
    const Tensor offset = x.flatten(1).unsqueeze(1) - mixture.means * std::sqrt(abar);
    const Tensor gamma = (offset.square().sum(2) * -0.5).softmax(1);
    const Tensor x0 = x.flatten(1) * std::sqrt(abar) + gamma.matmul(mixture.means) * (1 - abar);
    const Tensor eps = prior.evaluate(x, {abar, 0}, Gradient::none).eps.flatten(1);
    const Tensor found = (x.flatten(1) - eps * std::sqrt(1 - abar)) / std::sqrt(abar);
    EXPECT_LT((found - x0).abs().max().item<double>(), 1e-11) << d;
  }
}

}  // namespace
}  // namespace dpsbench
