#include "priors/levy/prior.h"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.h"
#include "priors/mixture/prior.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

constexpr std::int64_t signal_length = 16;
const TensorOptions signal_options = TensorOptions().dtype(at::kDouble);

PhiloxNoise signal_noise(std::int64_t count) {
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < count; ++i) streams.push_back({"signals", std::to_string(i)});
  return {4, streams};
}

LevyPrior levy_prior(IncrementLaw increments, const ChainLength& chain = {}) {
  return {{increments, 0.3}, signal_length, chain, {}, signal_options};
}

/// The gaussian law as what it is.
GaussianMixturePrior random_walk() {
  const Tensor steps = at::ones({signal_length, signal_length}, at::kDouble).tril();
  return {GaussianMixture::of_covariances(at::zeros({1}, at::kDouble), at::zeros({1, signal_length}, at::kDouble),
                                          (steps.matmul(steps.t()) * 0.09).unsqueeze(0)),
          {1, 1, signal_length},
          signal_options};
}

double greatest_difference(const Tensor& a, const Tensor& b) { return (a - b).abs().max().item<double>(); }

/// Every third number of a signal, and the mean of all.
Measurement some_numbers_seen(const Tensor& signal) {
  const Tensor a = at::cat({at::eye(signal_length, at::kDouble).slice(0, 0, signal_length, 3),
                            at::full({1, signal_length}, 1.0 / static_cast<double>(signal_length), at::kDouble)});
  LinearMeasurement linear{signal.flatten(1).matmul(a.t()), 0.1, [a] { return a.unsqueeze(0); }, {}};
  return {signal.size(0), {}, linear};
}

TEST(LevyPrior, OfTheGaussianLawIsARandomWalk) {
  const LevyPrior prior = levy_prior(IncrementLaw::gaussian, {0, 1});
  const GaussianMixturePrior expected = random_walk();
  const Tensor x = prior.sample(signal_noise(3), Purpose::initial, 0);
  const Tensor c = signal_noise(3).normal(Purpose::inner, 0, {1, 1, signal_length}, signal_options);
  for (const double abar : {0.999, 0.5, 0.01}) {
    const NoiseLevel level{abar, 0};
    const Evaluation found = prior.evaluate(x, level, Gradient::wanted);
    const Evaluation wanted = expected.evaluate(x, level, Gradient::wanted);
    EXPECT_LT(greatest_difference(found.eps, wanted.eps), 1e-11) << abar;
    EXPECT_LT(greatest_difference(found.pull_back({c})[0], wanted.pull_back({c})[0]), 1e-10) << abar;
  }
  const Tensor variances = at::linspace(0.01, 4, signal_length, at::kDouble).view({1, 1, 1, signal_length});
  EXPECT_LT(greatest_difference(prior.score_anisotropic(x, variances), expected.score_anisotropic(x, variances)),
            1e-10);
}

TEST(LevyPrior, OfTheGaussianLawHasTheMixturesPosterior) {
  const LevyPrior prior = levy_prior(IncrementLaw::gaussian, {0, 1});
  const GaussianMixturePrior expected = random_walk();
  const Tensor x = prior.sample(signal_noise(2), Purpose::initial, 0);
  const auto found = prior.exact_posterior(some_numbers_seen(x));
  const auto wanted = expected.exact_posterior(some_numbers_seen(x));
  EXPECT_LT(greatest_difference(found->mean(), wanted->mean()), 1e-11);
  EXPECT_LT(greatest_difference(found->score(x, {0.6, 0}), wanted->score(x, {0.6, 0})), 1e-10);
  const Tensor ratio = found->deviation() / wanted->deviation();  // of 20000 independent signals
  EXPECT_LT(greatest_difference(ratio, at::ones_like(ratio)), 4.5 / std::sqrt(2 * 20000.0));
}

TEST(LevyPrior, DrawsFromItsPosteriorWhatTheNoiseChooses) {
  const LevyPrior prior = levy_prior(IncrementLaw::laplace);
  const Tensor x = prior.sample(signal_noise(2), Purpose::initial, 0);
  const auto posterior = prior.exact_posterior(some_numbers_seen(x));
  const Tensor first = posterior->draw(signal_noise(2), Purpose::inner, 0);
  EXPECT_TRUE(first.equal(prior.exact_posterior(some_numbers_seen(x))->draw(signal_noise(2), Purpose::inner, 0)));
  EXPECT_FALSE(first.equal(posterior->draw(signal_noise(2), Purpose::inner, 1)));
  Tensor sum = at::zeros_like(first);
  for (std::int64_t k = 0; k < 400; ++k) sum += posterior->draw(signal_noise(2), Purpose::inner, k);
  const Tensor z = (sum / 400 - posterior->mean()) / posterior->deviation() * 20;
  EXPECT_LT(z.abs().max().item<double>(), 4.5);
}

TEST(LevyPrior, AnswersAPointAlikeWhateverTheBatch) {
  const LevyPrior prior = levy_prior(IncrementLaw::bernoulli_laplace);
  const Tensor x = prior.sample(signal_noise(3), Purpose::initial, 0) + 0.1;
  const NoiseLevel level{0.7, 0};
  const Tensor together = prior.evaluate(x, level, Gradient::none).eps;
  EXPECT_TRUE(together[1].equal(prior.evaluate(x.narrow(0, 1, 1), level, Gradient::none).eps[0]));
  EXPECT_TRUE(together.equal(prior.evaluate(x, level, Gradient::wanted).eps));
}

TEST(LevyPrior, EstimatesTheSameAsALongerChainWithinItsNoise) {
  const Tensor x = levy_prior(IncrementLaw::laplace).sample(signal_noise(8), Purpose::initial, 0);
  const NoiseLevel level = NoiseLevel::of_sigma(0.3, 0);
  const Tensor c = at::ones_like(x);
  const auto ask = [&](const ChainLength& chain) {
    const Evaluation at = levy_prior(IncrementLaw::laplace, chain).evaluate(x, level, Gradient::wanted);
    return std::make_pair(at.eps, at.pull_back({c})[0]);
  };
  const auto [eps, slope] = ask({100, 300});
  const auto [fine_eps, fine_slope] = ask({1000, 30000});
  EXPECT_LT((eps - fine_eps).square().mean().sqrt().item<double>(), 0.02);
  EXPECT_LT((slope - fine_slope).square().mean().sqrt().item<double>(), 0.05);
}

TEST(LevyPrior, RefusesWhatIsNoSignalOfItsLength) {
  EXPECT_EQ(message_of<Error>([] {
              (void)levy_prior(IncrementLaw::laplace)
                  .evaluate(at::zeros({1, 1, 4, 4}, at::kDouble), {0.5, 0}, Gradient::none);
            }),
            "a prior of signals [1, 1, 16] was given [1, 1, 4, 4]");
}

}  // namespace
}  // namespace dpsbench
