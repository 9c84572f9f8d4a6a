#pragma once
#include <functional>

#include "priors/mixture/mixture.h"

namespace dpsbench {

/// How a Gaussian mixture of low rank is fitted to points.
struct MixtureFit {
  std::int64_t components = 24;
  std::int64_t rank = 64;  ///< directions with a variance of their own; all others share one
  std::int64_t iterations = 30;
  double prior_points = 50;  ///< weight of the pooled covariance in each component's, in points
  double least_variance = 1e-6;
  std::uint64_t seed = 0;  ///< of the start
};

/// Where a fit stands: mean log-likelihoods of a point in nats.
struct MixtureProgress {
  std::int64_t iteration = 0;  ///< 0: the start
  double log_likelihood = 0;   ///< of the points fitted to
  double held_out = 0;         ///< of points it does not see
};

/// Fits a mixture of probabilistic principal components (Tipping & Bishop 1999) to points [N, D] by expectation
/// maximisation from a k-means++ start (Arthur & Vassilvitskii 2007). Each component's covariance is drawn towards the
/// pooled one, as an inverse Wishart prior would, so that none collapses; what falls is that prior's penalised
/// likelihood, not the likelihood itself. Returns the iterate with the best held-out likelihood. `report` is called
/// after the start and each iteration; returning false ends the fit. Works in the points' number type and on their
/// device; in double on the CPU as returned. Throws UserError for options that do not fit the points.
GaussianMixture fit_mixture(const Tensor& points, const Tensor& held_out, const MixtureFit& fit,
                            const std::function<bool(const MixtureProgress&)>& report);

/// Mean log-likelihood of points [N, D] in nats, over the points.
double mean_log_likelihood(const GaussianMixture& mixture, const Tensor& points);

}  // namespace dpsbench
