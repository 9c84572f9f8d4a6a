#include "priors/unet/prior.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "priors/passes/autograd.h"
#include "priors/registry.h"
#include "priors/unet/unet.h"
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

TEST(UNetPrior, AlignsWeightsWhereverTheyCameFrom) {
  UNetParameters views;  // as another rank gets them: views of one buffer at the file's offsets
  for (const auto& [name, tensor] : tiny_parameters())
    views[name] = at::empty({tensor.numel() + 1}, at::kFloat).narrow(0, 1, tensor.numel()).view(tensor.sizes());
  for (const Torso torso : {Torso::as_the_rest, Torso::bfloat16})
    for (const auto& [name, tensor] : copied(views, at::kFloat, torso))
      EXPECT_EQ(reinterpret_cast<std::uintptr_t>(tensor.data_ptr()) % 64, 0U) << name;
}

TEST(UNetPrior, HasNoVarianceWithoutALearnedOne) {
  UNetOptions options = tiny_options();
  options.learn_sigma = false;
  const UNetPrior prior(options, random_parameters(options), at::kFloat);
  const Evaluation evaluation = prior.evaluate(at::randn({1, 3, 32, 32}), level, Gradient::none);
  EXPECT_FALSE(evaluation.variance_fraction.defined());
  EXPECT_EQ(evaluation.eps.size(1), 3);
}

/// The network of the quickstart, which knows its trade: rounding is to be judged on one that does.
std::unique_ptr<Prior> photo32(Torso torso) {
  return make_prior({.preset = "photo32", .file = DPSBENCH_SOURCE_DIR "/experiments/quickstart/photo32.safetensors"},
                    at::kFloat, torso);
}

TEST(UNetPrior, InBfloat16StaysNearSinglePrecision) {
  at::manual_seed(11);
  const auto single = photo32(Torso::as_the_rest);
  const auto rounded = photo32(Torso::bfloat16);
  const NoiseSchedule schedule = NoiseSchedule::linear();
  constexpr double bound = 0x1p-7;  // two roundings of the last of eight bits
  for (const std::int64_t t : {20, 200, 500, 900}) {
    const Tensor smooth = at::upsample_nearest2d(at::randn({3, 3, 4, 4}) * 0.5, {32, 32});
    const NoiseLevel at_t = schedule.level(t);
    const Tensor x = smooth * std::sqrt(at_t.alpha_bar) + at::randn_like(smooth) * std::sqrt(1 - at_t.alpha_bar);
    const std::vector<Tensor> cotangents{at::randn_like(x)};
    const Evaluation exact = single->evaluate(x, at_t, Gradient::wanted);
    const Evaluation near = rounded->evaluate(x, at_t, Gradient::wanted);
    EXPECT_EQ(near.eps.scalar_type(), at::kFloat);
    EXPECT_LT(distance(near.eps, exact.eps), bound) << t;
    EXPECT_GT(distance(near.eps, exact.eps), 1e-4) << t;  // or it was not rounded at all
    const Tensor gradient = near.pull_back(cotangents)[0];
    EXPECT_EQ(gradient.scalar_type(), at::kFloat);
    const Tensor wanted = exact.pull_back(cotangents)[0];
    EXPECT_LT(distance(gradient, wanted), bound) << t;
  }
}

TEST(UNetPrior, TreatsEachImageAloneInEitherPrecision) {
  for (const Torso torso : {Torso::as_the_rest, Torso::bfloat16}) {
    const auto prior = photo32(torso);
    const Tensor x = at::randn({5, 3, 32, 32});
    const Tensor cotangent = at::randn_like(x);
    const Evaluation together = prior->evaluate(x, level, Gradient::wanted);
    const Tensor gradient = together.pull_back({cotangent})[0];
    for (std::int64_t i = 0; i < 5; ++i) {
      const Evaluation alone = prior->evaluate(x.narrow(0, i, 1), level, Gradient::wanted);
      EXPECT_TRUE(at::equal(alone.eps, together.eps.narrow(0, i, 1)));
      EXPECT_TRUE(at::equal(alone.pull_back({cotangent.narrow(0, i, 1)})[0], gradient.narrow(0, i, 1)));
    }
  }
}

TEST(UNetPrior, GivesNearlyTheSameNumbersOnAGpu) {
  if (!at::hasCUDA()) GTEST_SKIP() << "no GPU is visible";
  const Tensor x = at::randn({3, 3, 32, 32});
  const std::vector<Tensor> cotangents{at::randn_like(x), at::randn_like(x)};
  for (const Torso torso : {Torso::as_the_rest, Torso::bfloat16}) {
    const double tolerance = torso == Torso::bfloat16 ? 0.02 : 1e-4;
    const UNetPrior here(tiny_options(), tiny_parameters(), at::kFloat);
    const UNetPrior there(tiny_options(), tiny_parameters(), TensorOptions().dtype(at::kFloat).device(at::kCUDA),
                          torso);
    const Evaluation expected = here.evaluate(x, level, Gradient::wanted);
    const Evaluation evaluation = there.evaluate(x.cuda(), level, Gradient::wanted);
    EXPECT_LT(distance(evaluation.eps.cpu(), expected.eps), tolerance);
    const auto gradients = evaluation.pull_back({cotangents[0].cuda(), cotangents[1].cuda()});
    const auto wanted = expected.pull_back(cotangents);
    for (std::size_t k = 0; k < 2; ++k) EXPECT_LT(distance(gradients[k].cpu(), wanted[k]), tolerance);
    const Evaluation again = there.evaluate(x.cuda(), level, Gradient::wanted);
    EXPECT_TRUE(at::equal(again.eps, evaluation.eps));
    EXPECT_TRUE(at::equal(again.pull_back({cotangents[0].cuda(), cotangents[1].cuda()})[1], gradients[1]));
  }
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
