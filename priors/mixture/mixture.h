#pragma once
#include "core/noise.h"
#include "core/tensor.h"

namespace dpsbench {

struct GaussianMixture;

/// The random numbers behind one sample an image of a mixture.
struct MixtureNoise {
  Tensor uniform;  ///< [B, 1], chooses the component
  Tensor normal;   ///< [B, D]

  /// Takes the noise's steps 2 draw and 2 draw + 1 of that purpose.
  static MixtureNoise of(const Noise& noise, Purpose purpose, std::int64_t draw, const GaussianMixture& mixture);

  /// Those of one image, a batch of one.
  [[nodiscard]] MixtureNoise of_image(std::int64_t b) const {
    return {uniform.narrow(0, b, 1), normal.narrow(0, b, 1)};
  }
};

/// A mixture of K Gaussians on D numbers: sum_k w_k N(mu_k, Sigma_k). Each covariance is kept by its eigenvectors: R of
/// them with their own variance, and one variance in all other directions (R = D: there are none). So adding isotropic
/// noise only adds to variances. Double on the CPU as made here.
struct GaussianMixture {
  Tensor log_weights;    ///< [K], normalised: the exponentials sum to 1
  Tensor means;          ///< [K, D]
  Tensor basis;          ///< [K, D, R], orthonormal columns
  Tensor variances;      ///< [K, R] along the columns, >= 0
  Tensor rest_variance;  ///< [K] across them, >= 0

  /// log_weights [K] (normalised here), means [K, D], covariances [K, D, D]. Throws DataError when shapes disagree,
  /// numbers are not finite, or a covariance is not symmetric positive semidefinite.
  static GaussianMixture of_covariances(const Tensor& log_weights, const Tensor& means, const Tensor& covariances);

  /// Sigma_k = F_k F_k^T + noise_k I with factors F [K, D, R], R <= D, and noise variances [K] (mixtures of
  /// probabilistic principal components, Tipping & Bishop 1999). Throws DataError as above.
  static GaussianMixture of_factors(const Tensor& log_weights, const Tensor& means, const Tensor& factors,
                                    const Tensor& noise);

  [[nodiscard]] std::int64_t components() const { return means.size(0); }
  [[nodiscard]] std::int64_t dimension() const { return means.size(1); }
  [[nodiscard]] bool has_rest() const { return basis.size(2) < dimension(); }

  /// The dense covariances [K, D, D].
  [[nodiscard]] Tensor covariances() const;

  /// The same in another number type or on another device.
  [[nodiscard]] GaussianMixture to(const TensorOptions& options) const;

  /// One exact sample an image, [B, D], in the mixture's number type. `draw` tells apart independent samples of one
  /// purpose.
  [[nodiscard]] Tensor sample(const Noise& noise, Purpose purpose, std::int64_t draw = 0) const;
  [[nodiscard]] Tensor sample(const MixtureNoise& noise) const;

  /// The mean and the variance of each number, [D] each.
  [[nodiscard]] std::pair<Tensor, Tensor> moments() const;
};

/// The posterior p(x | y) of y = A x + sigma n for A [m, D], y [m] and sigma > 0: again a mixture.
GaussianMixture linear_posterior(const GaussianMixture& prior, const Tensor& a, const Tensor& y, double sigma);

/// The same for several measurements y [N, m] through one A, whose covariances are one and are worked out once.
std::vector<GaussianMixture> linear_posteriors(const GaussianMixture& prior, const Tensor& a, const Tensor& y,
                                               double sigma);

}  // namespace dpsbench
