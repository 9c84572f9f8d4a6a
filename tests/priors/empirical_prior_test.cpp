#include "priors/empirical_prior.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

constexpr ImageShape atoms_shape{1, 2, 3};
constexpr std::int64_t atom_count = 5000;  // more than one block of the streaming sum

TensorOptions doubles_of_atoms() { return TensorOptions().dtype(at::kDouble); }

PhiloxNoise atom_noise(std::int64_t images) {
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < images; ++i) streams.push_back({"atoms", std::to_string(i), 0});
  return {3, streams};
}

Tensor atoms() {
  return atom_noise(1).normal(Purpose::training, 0, {atom_count, 1, 2, 3}, doubles_of_atoms())[0].mul(0.5).contiguous();
}

Tensor states(std::int64_t images) {
  return atom_noise(images).normal(Purpose::initial, 0, {1, 2, 3}, doubles_of_atoms());
}

/// log of the noised measure, by definition: every difference x - x_i. x [B, C, H, W], variances like an image.
Tensor direct_log_density(const Tensor& x, const Tensor& images, const Tensor& log_weights, const Tensor& variances) {
  const Tensor difference = x.unsqueeze(1) - images.unsqueeze(0);
  return (log_weights - (difference.square() / variances).flatten(2).sum(2) * 0.5).logsumexp(1);
}

Tensor even_weights() { return at::full({atom_count}, -std::log(double{atom_count}), doubles_of_atoms()); }

TEST(EmpiricalPrior, ScoreAndJacobianEqualTheDirectSumAndAutograd) {
  const Tensor images = atoms();
  const EmpiricalPrior prior(images, doubles_of_atoms());
  for (const double sigma : {0.05, 0.4, 3.0, 80.0}) {
    const NoiseLevel level = NoiseLevel::of_sigma(sigma, 0);
    const double noise = 1 - level.alpha_bar;
    const Tensor x =
        (images.narrow(0, 7, 3) * std::sqrt(level.alpha_bar) + states(3) * std::sqrt(noise)).requires_grad_(true);
    const Tensor log_density = direct_log_density(x, images * std::sqrt(level.alpha_bar), even_weights(),
                                                  at::full({1, 2, 3}, noise, doubles_of_atoms()));
    const Tensor score = torch::autograd::grad({log_density.sum()}, {x}, {}, true, true)[0];
    EXPECT_TRUE(at::allclose(prior.score(x.detach(), level), score, 1e-10, 1e-10)) << sigma;
    const Tensor c = atom_noise(3).normal(Purpose::inner, 0, {1, 2, 3}, doubles_of_atoms());
    const Tensor of_score = torch::autograd::grad({score}, {x}, {c})[0];
    const Tensor of_eps = prior.evaluate(x.detach(), level, Gradient::wanted).pull_back({c})[0];
    EXPECT_TRUE(at::allclose(of_eps, of_score * -std::sqrt(noise), 1e-9, 1e-9)) << sigma;
  }
}

TEST(EmpiricalPrior, AnisotropicScoreEqualsTheDirectSum) {
  const Tensor images = atoms();
  const EmpiricalPrior prior(images, doubles_of_atoms());
  const Tensor variances = atom_noise(1).uniform(Purpose::mask, 0, {1, 2, 3}, doubles_of_atoms()) + 0.01;
  const Tensor x = states(4).requires_grad_(true);
  const Tensor log_density = direct_log_density(x, images, even_weights(), variances[0]);
  const Tensor expected = torch::autograd::grad({log_density.sum()}, {x})[0];
  EXPECT_TRUE(at::allclose(prior.score_anisotropic(x.detach(), variances), expected, 1e-10, 1e-10));
}

TEST(EmpiricalPrior, ExactInpaintingScoreIsThatOfTheNoisedPosterior) {
  const EmpiricalPrior prior(atoms(), doubles_of_atoms());
  const Tensor mask = at::tensor({1.0, 0.0, 0.0, 1.0, 1.0, 0.0}, doubles_of_atoms()).view({1, 1, 2, 3});
  const Tensor y = mask * states(1) * 0.5;
  const Tensor matrix = at::eye(6, doubles_of_atoms()).index_select(0, at::tensor({0, 3, 4}, at::kLong));
  for (const double sigma_y : {0.05, 0.5}) {
    const auto posterior = prior.posterior(matrix, at::matmul(matrix, y.flatten()), sigma_y);
    for (const double sigma : {0.02, 0.3, 4.0}) {
      const NoiseLevel level = NoiseLevel::of_sigma(sigma, 0);
      const Tensor expected = posterior->score(states(1), level);
      const Tensor score = inpainting_posterior(prior, states(1), level, y, mask, sigma_y).score;
      EXPECT_LT(((score - expected).abs().max() / expected.abs().max()).item<double>(), 1e-10)
          << sigma_y << " " << sigma;
    }
  }
}

TEST(EmpiricalPrior, PosteriorOfANonlinearMeasurementIsBayesOverTheImages) {
  const Tensor images = atoms();
  const EmpiricalPrior prior(images, doubles_of_atoms());
  const auto log_likelihood = [](const Tensor& x) { return (x.flatten(1).square().sum(1) - 2).square() * -8; };
  const auto posterior = prior.posterior(log_likelihood);
  const Tensor expected = log_likelihood(images).softmax(0);
  EXPECT_TRUE(at::allclose(posterior->weights(), expected, 1e-12, 1e-15));
  const auto [mean, variance] = posterior->moments();
  const Tensor weights = expected.view({-1, 1, 1, 1});
  EXPECT_TRUE(at::allclose(mean[0], (weights * images).sum(0), 1e-12, 1e-14));
  EXPECT_TRUE(at::allclose(variance[0], (weights * (images - mean).square()).sum(0), 1e-12, 1e-14));

  const std::int64_t draws = 20000;
  const Tensor drawn = posterior->sample(atom_noise(draws), Purpose::initial);
  const Tensor error = (drawn.mean(0) - mean[0]) / (variance[0] / draws).sqrt();
  EXPECT_LT(error.abs().max().item<double>(), 4.5);
}

TEST(EmpiricalPrior, ImagesOfABatchDoNotMeet) {
  const EmpiricalPrior prior(atoms(), TensorOptions().dtype(at::kFloat));
  const NoiseLevel level = NoiseLevel::of_sigma(0.3, 0);
  const Tensor x = states(5).to(at::kFloat);
  const Tensor together = prior.score(x, level);
  EXPECT_EQ(together.scalar_type(), at::kFloat);
  for (std::int64_t b = 0; b < 5; ++b)
    EXPECT_TRUE(at::allclose(prior.score(x.narrow(0, b, 1), level)[0], together[b], 1e-6, 1e-6)) << b;
}

TEST(EmpiricalPrior, RefusesWhatItCannotBeMadeOf) {
  EXPECT_THROW(EmpiricalPrior(at::zeros({0, 1, 2, 3}), doubles_of_atoms()), Error);
  EXPECT_THROW(EmpiricalPrior(at::zeros({4, 2, 3}), doubles_of_atoms()), Error);
  EXPECT_THROW(EmpiricalPrior(at::full({1, 1, 2, 3}, NAN), doubles_of_atoms()), DataError);
  const EmpiricalPrior prior(at::zeros({2, 1, 2, 3}), doubles_of_atoms());
  EXPECT_THROW((void)prior.score(at::zeros({1, 1, 3, 2}, doubles_of_atoms()), NoiseLevel{0.5, 0}), Error);
}

}  // namespace
}  // namespace dpsbench
