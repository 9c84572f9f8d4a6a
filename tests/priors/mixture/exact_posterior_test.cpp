// The closed forms of a mixture's posterior against brute force: every integral over x_0 as a trapezoidal sum, which
// for integrands that vanish at the ends is exact to rounding once the grid resolves them.
#include <gtest/gtest.h>

#include <cmath>
#include <numbers>

#include "priors/mixture/prior.h"

namespace dpsbench {
namespace {

TensorOptions doubles_of_quadrature() { return TensorOptions().dtype(at::kDouble); }

Tensor random_numbers(std::int64_t seed, const std::vector<std::int64_t>& shape) {
  return PhiloxNoise(static_cast<std::uint64_t>(seed), {{"quadrature", "", 0}})
      .normal(Purpose::training, 0, shape, doubles_of_quadrature())[0];
}

/// The nodes of a grid on [-6, 6]^d, [n^d, d].
Tensor grid(std::int64_t dimensions) {
  const std::int64_t n = dimensions == 1 ? 6001 : 1201;
  const Tensor line = at::linspace(-6, 6, n, doubles_of_quadrature());
  if (dimensions == 1) return line.unsqueeze(1);
  return at::cartesian_prod({line, line});
}

/// log N(x; mean, covariance) of rows x, without the determinant's help.
Tensor log_normal(const Tensor& x, const Tensor& mean, const Tensor& covariance) {
  const Tensor delta = x - mean;
  return -0.5 *
         ((at::matmul(delta, covariance.inverse()) * delta).sum(1) + at::logdet(covariance * 2 * std::numbers::pi));
}

/// A case: K components on d numbers, and y = A x + sigma n with A = S V^T, S [d] (0: not measured).
struct PosteriorCase {
  std::int64_t dimensions;
  bool low_rank;
  std::int64_t seed;
  double sigma;
};

std::string name_of(const testing::TestParamInfo<PosteriorCase>& item) {
  return fmt::format("{}d_{}_{}", item.param.dimensions, item.param.low_rank ? "rank_one" : "dense", item.param.seed);
}

class Quadrature : public testing::TestWithParam<PosteriorCase> {
 protected:
  void SetUp() override {
    const auto [d, low_rank, seed, sigma] = GetParam();
    const Tensor log_weights = random_numbers(seed, {3});
    const Tensor means = random_numbers(seed + 100, {3, d}) * 0.5;
    const Tensor roots = random_numbers(seed + 200, {3, d, low_rank ? 1 : d}) * 0.3;
    const Tensor thickness = at::tensor({0.05, 0.1, 0.08}, at::kDouble);
    const Tensor spheres = thickness.view({3, 1, 1}) * at::eye(d, at::kDouble);
    const GaussianMixture mixture =
        low_rank ? GaussianMixture::of_factors(log_weights, means, roots, thickness)
                 : GaussianMixture::of_covariances(log_weights, means, at::matmul(roots, roots.mT()) + spheres);
    prior_ = std::make_unique<GaussianMixturePrior>(mixture, ImageShape{1, 1, d}, doubles_of_quadrature());
    basis_ = std::get<0>(at::linalg_qr(random_numbers(seed + 300, {d, d})));
    singular_ = random_numbers(seed + 400, {d}).abs() + 0.3;
    if (d > 1) singular_[1] = seed % 2 == 0 ? 0.0 : 0.5;
    y_ = random_numbers(seed + 500, {2, d}) * (singular_ > 0);
    nodes_ = grid(d);
    const Tensor covariances = mixture.covariances();
    std::vector<Tensor> terms;
    for (std::int64_t k = 0; k < 3; ++k)
      terms.push_back(mixture.log_weights[k] + log_normal(nodes_, mixture.means[k], covariances[k]));
    components_ = at::stack(terms);  // [K, n]
  }

  [[nodiscard]] Measurement measurement() const {
    const auto [d, low_rank, seed, sigma] = GetParam();
    Measurement measurement{
        2, {}, LinearMeasurement{y_, sigma, [this] { return (singular_.unsqueeze(1) * basis_.t()).unsqueeze(0); }, {}}};
    const auto width = d;
    if (low_rank)
      measurement.linear->components = ComponentMeasurement{
          [this](const Tensor& x) { return at::matmul(x.flatten(1), basis_); },
          [this, width](const Tensor& z) {
            return at::matmul(z, basis_.t()).view({-1, 1, 1, width});
          },
          true, at::where(singular_ > 0, y_ / singular_, 0.0), (singular_.square() / (sigma * sigma)).unsqueeze(0)};
    return measurement;
  }

  /// log p(y_b | x_0) at the nodes, up to a constant.
  [[nodiscard]] Tensor log_likelihood(std::int64_t b) const {
    const Tensor seen = at::matmul(nodes_, basis_) * singular_;
    return (seen - y_[b]).square().sum(1) * (-0.5 / (GetParam().sigma * GetParam().sigma));
  }

  std::unique_ptr<GaussianMixturePrior> prior_;
  Tensor basis_;
  Tensor singular_;
  Tensor y_;
  Tensor nodes_;
  Tensor components_;
};

TEST_P(Quadrature, MeanDeviationAndModeWeightsOfThePosterior) {
  const auto posterior = prior_->exact_posterior(measurement());
  for (std::int64_t b = 0; b < 2; ++b) {
    const Tensor log_joint = components_ + log_likelihood(b);
    const Tensor joint = (log_joint - log_joint.max()).exp();  // [K, n]
    const Tensor weights = joint.sum(0) / joint.sum();
    const Tensor mean = at::matmul(weights, nodes_);
    const Tensor deviation = at::matmul(weights, (nodes_ - mean).square()).sqrt();
    EXPECT_TRUE(at::allclose(posterior->mean()[b].flatten(), mean, 0, 1e-10));
    EXPECT_TRUE(at::allclose(posterior->deviation()[b].flatten(), deviation, 0, 1e-10));
    EXPECT_TRUE(at::allclose(posterior->mode_weights()[b], joint.sum(1) / joint.sum(), 0, 1e-10));
  }
  const Tensor some = nodes_.narrow(0, nodes_.size(0) / 2 - 1, 2);
  EXPECT_TRUE(at::allclose(posterior->mode_shares(some.view({2, 1, 1, -1})),
                           components_.narrow(1, nodes_.size(0) / 2 - 1, 2).softmax(0).t(), 0, 1e-10));
}

TEST_P(Quadrature, ScoreOfTheNoisedPriorAndPosterior) {
  const auto posterior = prior_->exact_posterior(measurement());
  for (const double sigma : {0.1, 0.6, 5.0}) {
    const NoiseLevel level = NoiseLevel::of_sigma(sigma, 0);
    const double root = std::sqrt(level.alpha_bar);
    const Tensor x_t = random_numbers(7, {2, GetParam().dimensions});
    const Tensor of_prior = prior_->score(x_t.view({2, 1, 1, -1}), level).flatten(1);
    const Tensor of_posterior = posterior->score(x_t.view({2, 1, 1, -1}), level).flatten(1);
    for (std::int64_t b = 0; b < 2; ++b) {
      const Tensor state = (x_t[b] - nodes_ * root).square().sum(1) * (-0.5 / (1 - level.alpha_bar));
      const auto score = [&](const Tensor& log_weights) {  // (sqrt(abar) E[x_0 | ...] - x_t) / (1 - abar)
        return (at::matmul(log_weights.softmax(0), nodes_) * root - x_t[b]) / (1 - level.alpha_bar);
      };
      const Tensor log_prior = components_.logsumexp(0) + state;
      const auto relative = [](const Tensor& found, const Tensor& expected) {
        return ((found - expected).abs().max() / expected.abs().max().clamp_min(1)).item<double>();
      };
      EXPECT_LT(relative(of_prior[b], score(log_prior)), 1e-10) << sigma;
      EXPECT_LT(relative(of_posterior[b], score(log_prior + log_likelihood(b))), 1e-10) << sigma;
    }
  }
}

INSTANTIATE_TEST_SUITE_P(MixturePosteriors, Quadrature,
                         testing::Values(PosteriorCase{1, false, 1, 0.3}, PosteriorCase{1, false, 2, 0.05},
                                         PosteriorCase{2, false, 3, 0.3}, PosteriorCase{2, false, 4, 0.1},
                                         PosteriorCase{2, true, 5, 0.3}, PosteriorCase{2, true, 6, 0.1}),
                         name_of);

}  // namespace
}  // namespace dpsbench
