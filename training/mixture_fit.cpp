#include "training/mixture_fit.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>
#include <limits>

#include "core/error.h"
#include "priors/mixture/prior.h"

namespace dpsbench {
namespace {

constexpr std::int64_t points_at_once = 2048;
constexpr double negligible = 1e-7;  // responsibilities below it add nothing a number could show
constexpr int lloyd_rounds = 10;

/// log p(x) and the components' shares of points [n, D]: [n] and [n, K].
struct Responsibilities {
  Tensor log_density;
  Tensor shares;
};

Responsibilities responsibilities(const GaussianMixture& mixture, const Tensor& points) {
  const GaussianMixturePrior prior(mixture, {1, 1, points.size(1)}, points.options());
  std::vector<Tensor> densities;
  std::vector<Tensor> shares;
  const NoiseLevel clean = NoiseLevel::of_sigma(0, 0);
  for (const Tensor& some : points.split(points_at_once)) {
    const Tensor images = some.view({-1, 1, 1, points.size(1)});
    densities.push_back(prior.log_density(images, clean));
    shares.push_back(prior.component_shares(images));
  }
  return {at::cat(densities), at::cat(shares)};
}

/// k centres [K, D]: each next one a point chosen in proportion to its squared distance from the nearest so far.
Tensor spread_centres(const Tensor& points, std::int64_t count, std::uint64_t seed) {
  const PhiloxNoise noise(seed, {{"mixture", "start", 0}});
  const Tensor u = noise.uniform(Purpose::training, 0, {count}, points.options().dtype(at::kDouble))[0];
  std::vector<Tensor> centres;
  Tensor nearest = at::ones({points.size(0)}, u.options());
  for (std::int64_t k = 0; k < count; ++k) {
    const Tensor below = nearest.cumsum(0);
    const Tensor chosen = at::searchsorted(below, u[k] * below[-1]).clamp_max(points.size(0) - 1);
    centres.push_back(points.index_select(0, chosen.view({1})));
    const Tensor distance = (points - centres.back()).square().sum(1).to(at::kDouble);
    nearest = k == 0 ? distance : at::minimum(nearest, distance);
  }
  return at::cat(centres);
}

/// Hard shares [N, K] of the k-means clusters.
Tensor clusters(const Tensor& points, std::int64_t count, std::uint64_t seed) {
  Tensor centres = spread_centres(points, count, seed);
  Tensor shares;
  for (int round = 0; round < lloyd_rounds; ++round) {
    const Tensor nearest = at::cdist(points, centres).argmin(1);
    shares = at::one_hot(nearest, count).to(points.scalar_type());
    const Tensor members = shares.sum(0).clamp_min(1).unsqueeze(1);
    centres = at::matmul(shares.t(), points) / members;
  }
  return shares;
}

/// The weighted scatter of the points about a mean, from the points that matter: [D, D].
Tensor scatter_about(const Tensor& points, const Tensor& weights, const Tensor& mean) {
  const Tensor kept = (weights > negligible).nonzero().flatten();
  const Tensor centred = points.index_select(0, kept) - mean;
  return at::matmul((centred * weights.index_select(0, kept).unsqueeze(1)).t(), centred);
}

/// The mixture that shares [N, K] of the points make: the M step.
GaussianMixture mixture_of_shares(const Tensor& points, const Tensor& shares, const MixtureFit& fit) {
  const auto count = static_cast<double>(points.size(0));
  const Tensor members = shares.sum(0);  // [K]
  const Tensor means = at::matmul(shares.t(), points) / members.clamp_min(negligible).unsqueeze(1);
  std::vector<Tensor> scatters;
  for (std::int64_t k = 0; k < fit.components; ++k)
    scatters.push_back(scatter_about(points, shares.select(1, k), means[k]));
  const Tensor pooled = at::stack(scatters).sum(0) / count;
  const std::int64_t others = points.size(1) - fit.rank;
  std::vector<Tensor> factors;
  std::vector<Tensor> rests;
  for (std::int64_t k = 0; k < fit.components; ++k) {
    const Tensor covariance =
        (scatters[static_cast<std::size_t>(k)] + pooled * fit.prior_points) / (members[k] + fit.prior_points);
    const auto [variances, basis] = at::linalg_eigh(covariance);  // ascending
    const Tensor rest = variances.narrow(0, 0, others).mean().clamp_min(fit.least_variance);
    const Tensor above = (variances.narrow(0, others, fit.rank) - rest).clamp_min(0).sqrt();
    factors.push_back(basis.narrow(1, others, fit.rank) * above);
    rests.push_back(rest);
  }
  return GaussianMixture::of_factors((members / count).clamp_min(1e-12).log(), means, at::stack(factors),
                                     at::stack(rests));
}

void check_fit(const Tensor& points, const MixtureFit& fit) {
  const std::int64_t dimension = points.size(1);
  if (fit.components < 1 || fit.components > points.size(0))
    throw UserError("mixture: {} components of {} points; allowed are 1 to {}", fit.components, points.size(0),
                    points.size(0));
  if (fit.rank < 1 || fit.rank >= dimension)
    throw UserError("mixture: rank {} in {} dimensions; allowed are 1 to {}", fit.rank, dimension, dimension - 1);
  if (!(fit.prior_points >= 0) || !(fit.least_variance > 0))
    throw UserError("mixture: prior_points {} and least_variance {}; allowed are >= 0 and > 0", fit.prior_points,
                    fit.least_variance);
}

}  // namespace

double mean_log_likelihood(const GaussianMixture& mixture, const Tensor& points) {
  const at::NoGradGuard no_grad;
  return responsibilities(mixture, points).log_density.to(at::kDouble).mean().item<double>();
}

GaussianMixture fit_mixture(const Tensor& points, const Tensor& held_out, const MixtureFit& fit,
                            const std::function<bool(const MixtureProgress&)>& report) {
  check_fit(points, fit);
  const at::NoGradGuard no_grad;
  GaussianMixture mixture = mixture_of_shares(points, clusters(points, fit.components, fit.seed), fit);
  GaussianMixture best = mixture;
  double best_held_out = -std::numeric_limits<double>::infinity();
  for (std::int64_t iteration = 0;; ++iteration) {
    const Responsibilities found = responsibilities(mixture, points);
    const MixtureProgress progress{iteration, found.log_density.to(at::kDouble).mean().item<double>(),
                                   mean_log_likelihood(mixture, held_out)};
    if (progress.held_out > best_held_out) {
      best_held_out = progress.held_out;
      best = mixture;
    }
    if (!report(progress) || iteration == fit.iterations) return best;
    mixture = mixture_of_shares(points, found.shares, fit);
  }
}

}  // namespace dpsbench
