#include "training/mixture_fit.h"

#include <gtest/gtest.h>

#include "core/error.h"

namespace dpsbench {
namespace {

/// Three separated components of rank two on eight numbers.
GaussianMixture true_mixture() {
  const PhiloxNoise noise(2, {{"fit", "truth", 0}});
  const TensorOptions options = TensorOptions().dtype(at::kDouble);
  return GaussianMixture::of_factors(
      at::tensor({0.2, 0.3, 0.5}, at::kDouble).log(), noise.normal(Purpose::training, 0, {3, 8}, options)[0] * 1.5,
      noise.normal(Purpose::training, 1, {3, 8, 2}, options)[0] * 0.5, at::full({3}, 0.01, options));
}

Tensor points_of(const GaussianMixture& mixture, const std::string& name, std::int64_t count) {
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < count; ++i) streams.push_back({"fit", name, i});
  return mixture.sample(PhiloxNoise(4, streams), Purpose::initial);
}

const MixtureFit three_of_rank_two{
    .components = 3, .rank = 2, .iterations = 20, .prior_points = 1, .least_variance = 1e-6, .seed = 1};

TEST(MixtureFit, FindsTheMixtureItsPointsAreFrom) {
  const GaussianMixture truth = true_mixture();
  const Tensor points = points_of(truth, "seen", 4000);
  const Tensor held_out = points_of(truth, "unseen", 2000);
  const auto go_on = [](const MixtureProgress&) { return true; };
  const GaussianMixture found = fit_mixture(points, held_out, three_of_rank_two, go_on);
  // half the parameters' number over the points is what fitting costs: (3 * (8 + 16 + 1) + 2) / 8000
  EXPECT_NEAR(mean_log_likelihood(found, held_out), mean_log_likelihood(truth, held_out), 0.03);
  const Tensor order = at::cdist(truth.means, found.means).argmin(1);
  EXPECT_LT((found.means.index_select(0, order) - truth.means).abs().max().item<double>(), 0.1);
  EXPECT_LT((found.log_weights.index_select(0, order) - truth.log_weights).abs().max().item<double>(), 0.1);
  EXPECT_LT((found.covariances().index_select(0, order) - truth.covariances()).abs().max().item<double>(), 0.1);
}

TEST(MixtureFit, LikelihoodRisesAndTheSameSeedGivesTheSameMixture) {
  const GaussianMixture truth = true_mixture();
  const Tensor points = points_of(truth, "seen", 500);
  std::vector<double> likelihoods;
  MixtureFit free = three_of_rank_two;
  free.prior_points = 0;  // then EM climbs the likelihood itself
  const auto keep = [&](const MixtureProgress& progress) {
    likelihoods.push_back(progress.log_likelihood);
    return true;
  };
  const GaussianMixture found = fit_mixture(points, points, free, keep);
  ASSERT_EQ(likelihoods.size(), 21U);
  for (std::size_t i = 1; i < likelihoods.size(); ++i) EXPECT_GE(likelihoods[i], likelihoods[i - 1] - 1e-9) << i;
  const GaussianMixture again = fit_mixture(points, points, free, keep);
  EXPECT_TRUE(again.means.equal(found.means));
  EXPECT_TRUE(again.basis.equal(found.basis));
}

TEST(MixtureFit, KeepsAComponentOfFewPointsFromCollapsing) {
  const Tensor points = points_of(true_mixture(), "seen", 40);
  MixtureFit many = three_of_rank_two;
  many.components = 20;
  const GaussianMixture found = fit_mixture(points, points, many, [](const MixtureProgress&) { return true; });
  EXPECT_GT(found.rest_variance.min().item<double>(), 1e-4);
  EXPECT_TRUE(found.log_weights.isfinite().all().item<bool>());
}

TEST(MixtureFit, RefusesMoreComponentsThanPointsAndFullRank) {
  const Tensor points = points_of(true_mixture(), "seen", 10);
  const auto go_on = [](const MixtureProgress&) { return true; };
  EXPECT_THROW((void)fit_mixture(points, points, {.components = 11, .rank = 2}, go_on), UserError);
  EXPECT_THROW((void)fit_mixture(points, points, {.components = 2, .rank = 8}, go_on), UserError);
}

}  // namespace
}  // namespace dpsbench
