#include "priors/unet/pixel_noise_prior.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "core/error.h"
#include "priors/passes/autograd.h"
#include "priors/registry.h"
#include "priors/unet/network_prior.h"
#include "priors/unet/unet.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

UNetOptions told_each_pixel() {
  UNetOptions options = tiny_options();
  options.noise_map = true;
  return options;
}

class PixelNoiseNetwork : public testing::Test {
 protected:
  PixelNoiseNetwork() { at::manual_seed(4); }

  UNetParameters parameters_ = [] {
    at::manual_seed(3);
    return random_parameters(told_each_pixel());
  }();
  PixelNoisePrior prior_{told_each_pixel(), parameters_, at::kFloat, Torso::as_the_rest};
  const NoiseLevel level_ = NoiseLevel::of_sigma(0.7, 0);
};

TEST_F(PixelNoiseNetwork, ToldOneLevelByAMapAnswersAsWhenAskedForThatLevel) {
  const Tensor x = at::randn({2, 3, 32, 32});
  const Tensor variances = at::full({1, 1, 32, 32}, 0.7 * 0.7);
  const Tensor ve = x / std::sqrt(level_.alpha_bar);
  const Tensor by_map = prior_.score_anisotropic(ve, variances);
  const Tensor by_level = prior_.score(x, level_) * std::sqrt(level_.alpha_bar);
  EXPECT_LT(relative_error(by_map, by_level), 1e-5);
}

TEST_F(PixelNoiseNetwork, GivesTheNoiseAndVectorJacobianProductsOfItsVelocity) {
  const Tensor x = at::randn({2, 3, 32, 32});
  const std::vector<Tensor> cotangents{at::randn_like(x), at::randn_like(x)};
  const PixelNoise levels = PixelNoise::of(at::full({2, 1, 32, 32}, 0.7F));
  const Evaluation expected = evaluate_by_autograd(x, Gradient::wanted, [&](const Tensor& leaf) {
    const Tensor v = unet_forward(told_each_pixel(), parameters_, network_input(leaf, levels), noise_times(levels));
    return std::pair{levels.signal * v.narrow(1, 0, 3) + levels.noise * leaf, Tensor()};
  });
  const Evaluation evaluation = prior_.evaluate(x, level_, Gradient::wanted);
  EXPECT_LT(relative_error(evaluation.eps, expected.eps), 1e-5);
  EXPECT_FALSE(evaluation.variance_fraction.defined());
  const std::vector<Tensor> wanted = expected.pull_back(cotangents);
  const std::vector<Tensor> gradients = evaluation.pull_back(cotangents);
  for (std::size_t k = 0; k < 2; ++k) EXPECT_LT(relative_error(gradients[k], wanted[k]), 1e-5);
}

TEST_F(PixelNoiseNetwork, ScoreAndVarianceOfAMapAreThoseOfItsVelocity) {
  const Tensor u = at::randn({2, 3, 32, 32});
  const Tensor sigma = at::where(at::rand({2, 1, 32, 32}) < 0.5, 0.05F, 4.0F);
  const PixelNoise levels = PixelNoise::of(sigma);
  const at::NoGradGuard no_grad;
  const Tensor x = u * levels.signal;
  const Tensor output = unet_forward(told_each_pixel(), parameters_, network_input(x, levels), noise_times(levels));
  const Tensor x0 = levels.signal * x - levels.noise * output.narrow(1, 0, 3);
  const AnisotropicEvaluation met = prior_.evaluate_anisotropic(u, sigma.square());
  EXPECT_LT(relative_error(u + sigma.square() * met.score, x0), 1e-4);
  EXPECT_LT(relative_error(met.variance, output.narrow(1, 3, 3).clamp(-12, 4).exp() * levels.noise.square()), 1e-4);
}

TEST_F(PixelNoiseNetwork, TreatsEachImageAlone) {
  const Tensor u = at::randn({3, 3, 32, 32});
  const Tensor variances = at::where(at::rand({3, 1, 32, 32}) < 0.5, 0.01F, 9.0F);
  const Tensor together = prior_.score_anisotropic(u, variances);
  for (std::int64_t i = 0; i < 3; ++i)
    EXPECT_TRUE(at::equal(prior_.score_anisotropic(u.narrow(0, i, 1), variances.narrow(0, i, 1))[0], together[i]));
}

TEST_F(PixelNoiseNetwork, IsAPriorOfKindUnetThatKnowsTheScoresOfInpainting) {
  PriorSpec spec{.network = told_each_pixel()};
  EXPECT_EQ(known_posteriors(spec), KnownPosteriors::inpainting_scores);
  spec.network.noise_map = false;
  EXPECT_EQ(known_posteriors(spec), KnownPosteriors::none);
  const auto prior = network_prior(told_each_pixel(), parameters_, at::kFloat);
  EXPECT_NE(dynamic_cast<const AnisotropicScore*>(prior.get()), nullptr);
  EXPECT_EQ(prior->smallest_sigma(), least_map_sigma);
  EXPECT_TRUE(prior->clips_denoised());
}

TEST_F(PixelNoiseNetwork, RefusesWhatDoesNotFit) {
  EXPECT_THROW((void)prior_.score(at::zeros({1, 3, 64, 64}), level_), Error);
  EXPECT_THROW((void)prior_.score_anisotropic(at::zeros({1, 3, 32, 32}), at::ones({1, 3, 32, 32})), Error);
  EXPECT_THROW(PixelNoisePrior(tiny_options(), tiny_parameters(), at::kFloat, Torso::as_the_rest), Error);
}

}  // namespace
}  // namespace dpsbench
