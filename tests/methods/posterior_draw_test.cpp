#include <gtest/gtest.h>

#include <cmath>

#include "methods/parts/problem_posterior.h"
#include "priors/empirical_prior.h"
#include "tests/methods/closed_forms.h"
#include "tests/methods/problems.h"

namespace dpsbench {
namespace {

constexpr std::int64_t draw_count = 20000;
constexpr double draw_sigma = 0.3;
const ImageShape draw_shape{3, 4, 4};

/// Two components of rank three and noise across, as a prior and as a dense prior of the same law.
GaussianMixture rank_three_mixture() {
  const Tensor numbers = noise_of(2, 9).normal(Purpose::training, 0, {4, 48}, at::kDouble);
  return GaussianMixture::of_factors(at::tensor({0.3, 0.7}, in_double()).log(), numbers.select(1, 0) * 0.1,
                                     numbers.slice(1, 1).transpose(1, 2) * 0.4, at::tensor({0.02, 0.05}, in_double()));
}

GaussianMixture dense_form(const GaussianMixture& mixture) {
  return GaussianMixture::of_covariances(mixture.log_weights, mixture.means, mixture.covariances());
}

void expect_moments(const Tensor& drawn, const Tensor& mean, const Tensor& deviation) {
  const auto count = static_cast<double>(drawn.size(0));
  EXPECT_LT(((drawn.mean(0) - mean).abs() / deviation * std::sqrt(count)).max().item<double>(), 4.5);
  const Tensor square = (drawn - mean).square();  // against its own standard error: a mixture is no Gaussian
  EXPECT_LT(((square.mean(0) - deviation.square()).abs() / square.std(0) * std::sqrt(count)).max().item<double>(), 4.5);
}

class MixturePosterior : public testing::TestWithParam<std::string> {
 protected:
  [[nodiscard]] static std::map<std::string, OptionValue> options() {
    return GetParam() == "super_resolution_pooling" ? std::map<std::string, OptionValue>{{"scale", std::int64_t{2}}}
                                                    : std::map<std::string, OptionValue>{};
  }
};

TEST_P(MixturePosterior, OfLowRankIsThatOfTheDenseMixture) {
  const GaussianMixturePrior low(rank_three_mixture(), draw_shape, in_double());
  const GaussianMixturePrior dense(dense_form(rank_three_mixture()), draw_shape, in_double());
  const PhiloxNoise noise = noise_of(3);
  const auto op = bind_task(GetParam(), options(), low, noise);
  const Tensor y = measure(*op, low.sample(noise, Purpose::training), draw_sigma, noise, false);
  const auto found = exact_posterior(low, *op, y, draw_sigma);
  const auto expected = exact_posterior(dense, *op, y, draw_sigma);
  EXPECT_TRUE(at::allclose(found->mean(), expected->mean(), 0, 1e-12));
  EXPECT_TRUE(at::allclose(found->deviation(), expected->deviation(), 0, 1e-12));
  EXPECT_TRUE(at::allclose(found->mode_weights(), expected->mode_weights(), 0, 1e-10));
  const Tensor x = low.sample(noise, Purpose::step);
  EXPECT_TRUE(at::allclose(found->mode_shares(x), expected->mode_shares(x), 0, 1e-10));
}

TEST_P(MixturePosterior, DrawsHaveItsMomentsAndModes) {
  for (const bool low_rank : {true, false}) {
    const GaussianMixture mixture = low_rank ? rank_three_mixture() : dense_form(rank_three_mixture());
    const GaussianMixturePrior prior(mixture, draw_shape, in_double());
    const PhiloxNoise noise = noise_of(1);
    const auto op = bind_task(GetParam(), options(), prior, noise);
    const Tensor y = measure(*op, prior.sample(noise, Purpose::training), draw_sigma, noise, false);
    const auto posterior = exact_posterior(prior, *op, y, draw_sigma);
    std::vector<Tensor> draws;
    for (std::int64_t draw = 0; draw < 2000; ++draw) draws.push_back(posterior->draw(noise, Purpose::initial, draw));
    const Tensor drawn = at::cat(draws);
    expect_moments(drawn, posterior->mean()[0], posterior->deviation()[0]);
    const Tensor shares = posterior->mode_shares(drawn);
    const Tensor error = (shares.mean(0) - posterior->mode_weights()[0]).abs();
    EXPECT_LT((error / (shares.std(0) + 1e-12) * std::sqrt(2000.0)).max().item<double>(), 4.5);
  }
}

INSTANTIATE_TEST_SUITE_P(Tasks, MixturePosterior,
                         testing::Values("denoising", "inpainting", "super_resolution_pooling", "colorization"),
                         [](const auto& item) { return item.param; });

TEST(PosteriorDraw, OfAGaussianHasItsMeanAndCovariance) {
  const GaussianMixturePrior prior = correlated_prior();
  const MatrixOperator op = wide_operator();
  const Tensor y = at::tensor({0.4, -0.1}, in_double()).unsqueeze(0);
  const auto law = law_of(posterior_prior(prior, op.matrix(), y[0], draw_sigma));
  const PhiloxNoise noise = noise_of(draw_count, 5);
  const NoiseSchedule schedule = NoiseSchedule::linear();
  SilentObserver silent;
  const Tensor drawn = make_method("posterior-draw", {})
                           ->sample({prior, schedule, op, y.expand({draw_count, 2}), draw_sigma, noise}, silent);
  expect_gaussian(drawn, law, 0, 0);
}

TEST(PosteriorDraw, OfAFiniteMeasureChoosesItsImagesByTheirLikelihoodUnderAnyOperator) {
  const Tensor images = noise_of(1).normal(Purpose::training, 0, {50, 1, 4, 4}, in_double())[0].mul(0.5);
  const EmpiricalPrior prior(images, in_double());
  constexpr double sigma_y = 1.0;
  constexpr std::int64_t draws = 5000;
  const std::map<std::string, std::map<std::string, OptionValue>> cases = {
      {"phase_retrieval", {}},
      {"high_dynamic_range", {}},
      {"inpainting", {}},
      {"motion_blur", {{"kernel_size", std::int64_t{3}}}}};
  for (const auto& [task, options] : cases) {
    SCOPED_TRACE(task);
    const PhiloxNoise both = noise_of(2);
    const auto op = bind_task(task, options, prior, both);
    const Tensor y = measure(*op, images.narrow(0, 3, 2), sigma_y, both, false);
    const auto posterior = exact_posterior(prior, *op, y, sigma_y);
    std::vector<Tensor> drawn;
    for (std::int64_t draw = 0; draw < draws; ++draw) drawn.push_back(posterior->draw(both, Purpose::initial, draw));
    for (std::int64_t b = 0; b < 2; ++b) {
      const PhiloxNoise own = noise_of(1, 1, b);
      const auto one = bind_task(task, options, prior, own);
      std::vector<Tensor> log_likelihoods;
      for (const Tensor& image : images.split(1))
        log_likelihoods.push_back((one->forward(image) - y.narrow(0, b, 1)).square().sum() * -0.5);
      const Tensor weights = at::stack(log_likelihoods).softmax(0).view({-1, 1, 1, 1});
      const Tensor mean = (weights * images).sum(0);
      const Tensor deviation = (weights * (images - mean).square()).sum(0).sqrt();
      EXPECT_TRUE(at::allclose(posterior->mean()[b], mean, 0, 1e-10));
      EXPECT_TRUE(at::allclose(posterior->deviation()[b], deviation, 0, 1e-10));
      const Tensor of_image = at::stack(drawn, 1)[b];
      expect_moments(of_image, mean, deviation);
      EXPECT_LT(at::cdist(of_image.flatten(1), images.flatten(1), 2, /*compute_mode=*/2).amin(1).max().item<double>(),
                1e-12);
    }
  }
}

}  // namespace
}  // namespace dpsbench
