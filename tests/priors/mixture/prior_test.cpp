#include "priors/mixture/prior.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <numbers>

#include "core/error.h"

namespace dpsbench {
namespace {

const TensorOptions in_double = at::TensorOptions().dtype(at::kDouble);

Tensor random_covariances(std::int64_t k, std::int64_t d) {
  const Tensor root = at::randn({k, d, d}, in_double) / std::sqrt(static_cast<double>(d));
  return at::matmul(root, root.mT()) + 0.05 * at::eye(d, in_double);
}

GaussianMixture random_mixture(std::int64_t k, std::int64_t d) {
  return GaussianMixture::of_covariances(at::randn({k}, in_double), at::randn({k, d}, in_double),
                                         random_covariances(k, d));
}

/// Three components of rank two on six numbers, noise across.
GaussianMixture low_rank_mixture() {
  return GaussianMixture::of_factors(at::randn({3}, in_double), at::randn({3, 6}, in_double),
                                     at::randn({3, 6, 2}, in_double), at::rand({3}, in_double) * 0.1 + 0.01);
}

const ImageShape six{3, 1, 2};

/// log p of a dense mixture to which noise with covariance `noise` is added, by definition.
Tensor brute_force_log_density(const GaussianMixture& mixture, const Tensor& x, double root, const Tensor& noise) {
  std::vector<Tensor> terms;
  for (std::int64_t k = 0; k < mixture.components(); ++k) {
    const Tensor c = mixture.covariances()[k] * root * root + noise;
    const Tensor delta = x.flatten(1) - mixture.means[k] * root;
    const Tensor square = (at::matmul(delta, c.inverse()) * delta).sum(1);
    terms.push_back(mixture.log_weights[k] - 0.5 * (square + at::logdet(c * 2 * std::numbers::pi)));
  }
  return at::stack(terms).logsumexp(0);
}

class Mixtures : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override { at::manual_seed(7); }
  GaussianMixture mixture() { return GetParam() ? low_rank_mixture() : random_mixture(4, 6); }
};

TEST_P(Mixtures, DensityScoreAndJacobianAgreeWithTheDefinitionAndAutograd) {
  const GaussianMixturePrior prior(mixture(), six, in_double);
  for (const double sigma : {0.01, 0.3, 5.0}) {
    const NoiseLevel level = NoiseLevel::of_sigma(sigma, 0);
    const Tensor x = at::randn({5, 3, 1, 2}, in_double).requires_grad_(true);
    const Tensor log_density = prior.log_density(x, level);
    const Tensor noise = at::eye(6, in_double) * (1 - level.alpha_bar);
    EXPECT_TRUE(at::allclose(
        log_density, brute_force_log_density(prior.mixture(), x, std::sqrt(level.alpha_bar), noise), 1e-9, 1e-9));

    const Tensor score = torch::autograd::grad({log_density.sum()}, {x}, {}, std::nullopt, /*create_graph=*/true)[0];
    const Evaluation evaluation = prior.evaluate(x.detach(), level, Gradient::wanted);
    const double of_score = -std::sqrt(1 - level.alpha_bar);
    EXPECT_TRUE(at::allclose(evaluation.eps, score.detach() * of_score, 1e-9, 1e-9)) << sigma;
    EXPECT_TRUE(at::allclose(prior.score(x.detach(), level), score.detach(), 1e-9, 1e-9)) << sigma;

    const std::vector<Tensor> cotangents{at::randn_like(x.detach()), at::randn_like(x.detach())};
    const std::vector<Tensor> gradients = evaluation.pull_back(cotangents);
    for (std::size_t k = 0; k < 2; ++k) {
      const Tensor expected = torch::autograd::grad({score * of_score}, {x}, {cotangents[k]}, true)[0];
      EXPECT_TRUE(at::allclose(gradients[k], expected, 1e-8, 1e-8)) << sigma;
    }
  }
}

TEST_P(Mixtures, AnisotropicScoreIsTheGradientOfTheDensityNoisedPixelByPixel) {
  const GaussianMixturePrior prior(mixture(), six, in_double);
  const Tensor variances = at::rand({4, 3, 1, 2}, in_double) + 0.01;
  Tensor x = at::randn({4, 3, 1, 2}, in_double);
  const Tensor score = prior.score_anisotropic(x, variances);
  const Tensor shared = prior.score_anisotropic(x, variances.narrow(0, 0, 1));
  const Tensor one_channel = prior.score_anisotropic(x, variances.narrow(1, 0, 1));
  for (std::int64_t i = 0; i < 4; ++i) {
    const Tensor leaf = x.narrow(0, i, 1).clone().requires_grad_(true);
    const auto expected = [&](const Tensor& variance) {
      const Tensor density = brute_force_log_density(prior.mixture(), leaf, 1, at::diag(variance.flatten()));
      return torch::autograd::grad({density.sum()}, {leaf})[0][0];
    };
    EXPECT_TRUE(at::allclose(score[i], expected(variances[i]), 1e-9, 1e-9));
    EXPECT_TRUE(at::allclose(shared[i], expected(variances[0]), 1e-9, 1e-9));
    EXPECT_TRUE(at::allclose(one_channel[i], expected(variances[i].narrow(0, 0, 1).expand({3, 1, 2})), 1e-9, 1e-9));
  }
}

TEST_P(Mixtures, AnisotropicScoreWithEqualVariancesIsTheScoreOfTheVarianceExplodingView) {
  const GaussianMixturePrior prior(mixture(), six, in_double);
  const NoiseLevel level = NoiseLevel::of_sigma(0.4, 0);
  const double root = std::sqrt(level.alpha_bar);
  const Tensor u = at::randn({2, 3, 1, 2}, in_double);
  const Tensor variances = at::full({1, 3, 1, 2}, 0.16, in_double);
  EXPECT_TRUE(at::allclose(prior.score_anisotropic(u, variances), prior.score(u * root, level) * root, 1e-9, 1e-9));
}

INSTANTIATE_TEST_SUITE_P(DenseAndLowRank, Mixtures, testing::Bool());

TEST(GaussianMixturePrior, IsTheTextbookMixtureInOneDimension) {
  // p = 0.25 N(-1, 0.5^2) + 0.75 N(2, 1), scored by central differences of the noised density written out
  const GaussianMixture mixture = GaussianMixture::of_covariances(at::tensor({0.25, 0.75}, at::kDouble).log() + 3,
                                                                  at::tensor({-1.0, 2.0}, at::kDouble).view({2, 1}),
                                                                  at::tensor({0.25, 1.0}, at::kDouble).view({2, 1, 1}));
  const GaussianMixturePrior prior(mixture, {1, 1, 1}, in_double);
  const NoiseLevel level{0.6, 0};
  const auto density = [&](double x) {
    double p = 0;
    for (const auto& [w, m, v] : {std::tuple{0.25, -1.0, 0.25}, std::tuple{0.75, 2.0, 1.0}}) {
      const double c = 0.6 * v + 0.4;
      p += w * std::exp(-std::pow(x - std::sqrt(0.6) * m, 2) / (2 * c)) / std::sqrt(2 * std::numbers::pi * c);
    }
    return std::log(p);
  };
  for (const double x : {-3.0, -0.5, 0.2, 1.7}) {
    const Tensor at_x = at::full({1, 1, 1, 1}, x, in_double);
    EXPECT_NEAR(prior.log_density(at_x, level).item<double>(), density(x), 1e-12);
    EXPECT_NEAR(prior.score(at_x, level).item<double>(), (density(x + 1e-5) - density(x - 1e-5)) / 2e-5, 1e-8);
  }
}

TEST(GaussianMixturePrior, StaysFiniteFarFromEveryComponentAndInFloat) {
  const GaussianMixturePrior prior(random_mixture(3, 6), six, at::kFloat);
  const Tensor x = at::randn({2, 3, 1, 2}) * 1e4;
  const Evaluation evaluation = prior.evaluate(x, NoiseLevel::of_sigma(0.01, 0), Gradient::wanted);
  EXPECT_EQ(evaluation.eps.scalar_type(), at::kFloat);
  EXPECT_TRUE(evaluation.eps.isfinite().all().item<bool>());
  EXPECT_TRUE(evaluation.pull_back({x})[0].isfinite().all().item<bool>());
}

TEST(GaussianMixturePrior, FloatAgreesWithDoubleAtSmallNoiseAlthoughTheSquaresAreLarge) {
  at::manual_seed(3);
  const std::int64_t d = 300;
  const GaussianMixture mixture =
      GaussianMixture::of_factors(at::zeros({2}), at::randn({2, d}), at::randn({2, d, 4}), at::full({2}, 1e-5));
  const ImageShape shape{3, 10, 10};
  const GaussianMixturePrior exact(mixture, shape, in_double);
  const GaussianMixturePrior single(mixture, shape, at::kFloat);
  const NoiseLevel level = NoiseLevel::of_sigma(0.02, 0);
  const Tensor near = (mixture.means[0] + at::matmul(mixture.basis[0], at::randn({4}, in_double))).view({1, 3, 10, 10});
  const Tensor x = (near * std::sqrt(level.alpha_bar) + 0.02 * at::randn({1, 3, 10, 10}, in_double)).to(at::kFloat);
  const Tensor expected = exact.score(x.to(at::kDouble), level);
  EXPECT_LT((single.score(x, level) - expected).abs().max().item<double>(), 1e-3 * expected.abs().max().item<double>());
}

TEST(GaussianMixturePrior, RefusesImagesOfAnotherShape) {
  const GaussianMixturePrior prior(random_mixture(2, 6), six, in_double);
  EXPECT_THROW((void)prior.score(at::zeros({1, 1, 2, 3}, in_double), NoiseLevel{0.5, 0}), Error);
  EXPECT_THROW(GaussianMixturePrior(random_mixture(2, 5), six, in_double), Error);
}

}  // namespace
}  // namespace dpsbench
