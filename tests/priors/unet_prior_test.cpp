#include "priors/unet_prior.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "priors/prior_spec.h"
#include "priors/unet.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

const NoiseLevel level = NoiseSchedule::linear().level_of_sigma(0.7);

TEST(UNetPrior, SplitsNoiseAndVarianceAndGivesTheNetworksVectorJacobianProducts) {
  const UNetPrior prior(tiny_options(), tiny_parameters(), at::kFloat);
  const Tensor x = at::randn({2, 3, 32, 32});
  const std::vector<Tensor> cotangents{at::randn_like(x), at::randn_like(x)};
  const Evaluation evaluation = prior.evaluate(x, level, Gradient::wanted);
  const Evaluation expected = evaluate_by_autograd(x, Gradient::wanted, [](const Tensor& leaf) {
    const Tensor output = unet_forward(tiny_options(), tiny_parameters(), leaf, at::full({2}, level.time));
    return std::pair{output.narrow(1, 0, 3), output.narrow(1, 3, 3)};
  });
  EXPECT_LT(relative_error(evaluation.eps, expected.eps), 5e-6);
  EXPECT_LT(relative_error(evaluation.variance_fraction, expected.variance_fraction), 5e-6);
  const std::vector<Tensor> gradients = evaluation.pull_back(cotangents);
  const std::vector<Tensor> wanted = expected.pull_back(cotangents);
  for (std::size_t k = 0; k < 2; ++k) EXPECT_LT(relative_error(gradients[k], wanted[k]), 5e-6);
}

TEST(UNetPrior, WithoutGradientsGivesTheSameNumbersAndNoPullBack) {
  const UNetPrior prior(tiny_options(), tiny_parameters(), at::kFloat);
  const Tensor x = at::randn({1, 3, 32, 32});
  const Evaluation with = prior.evaluate(x, level, Gradient::wanted);
  const Evaluation without = prior.evaluate(x, level, Gradient::none);
  EXPECT_FALSE(without.pull_back);
  EXPECT_FALSE(without.eps.requires_grad());
  EXPECT_TRUE(at::equal(with.eps, without.eps));
}

TEST(UNetPrior, HasNoVarianceWithoutALearnedOne) {
  UNetOptions options = tiny_options();
  options.learn_sigma = false;
  const UNetPrior prior(options, random_parameters(options), at::kFloat);
  const Evaluation evaluation = prior.evaluate(at::randn({1, 3, 32, 32}), level, Gradient::none);
  EXPECT_FALSE(evaluation.variance_fraction.defined());
  EXPECT_EQ(evaluation.eps.size(1), 3);
}

TEST(UNetPrior, IsMadeByItsSpecAndKnowsTheSchedulesLimits) {
  const PriorSpec spec{.preset = "photo32", .file = DPSBENCH_SOURCE_DIR "/experiments/quickstart/photo32.safetensors"};
  const std::unique_ptr<Prior> prior = make_prior(spec, at::kFloat);
  EXPECT_EQ(prior->shape(), (ImageShape{3, 32, 32}));
  EXPECT_TRUE(prior->clips_denoised());
  EXPECT_NEAR(prior->smallest_sigma(), 0.0100005, 1e-7);
  EXPECT_THROW((void)prior->evaluate(at::zeros({1, 3, 64, 64}), level, Gradient::none), Error);
  EXPECT_THROW((void)make_prior({.preset = "ffhq256", .file = spec.file}, at::kFloat), DataError);
  EXPECT_THROW((void)make_prior({.preset = "photo64", .file = spec.file}, at::kFloat), UserError);
}

}  // namespace
}  // namespace dpsbench
