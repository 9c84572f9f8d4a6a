#pragma once
#include <mutex>

#include "core/anisotropic.h"
#include "priors/mixture/mixture.h"

namespace dpsbench {

/// A Gaussian mixture as a prior: every noised density, score and Jacobian in closed form, at any noise level.
class GaussianMixturePrior final : public ClosedFormPrior {
 public:
  /// Takes the mixture to `options`' device and number type (float or double). Throws Error when shape and mixture
  /// disagree.
  GaussianMixturePrior(const GaussianMixture& mixture, const ImageShape& shape, const TensorOptions& options);

  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override;
  [[nodiscard]] ImageShape shape() const override { return shape_; }
  [[nodiscard]] TensorOptions options() const override { return mixture_.means.options(); }

  /// log p_t(x_t) of each image, x_t [B, C, H, W] -> [B]. Plain differentiable operations. -inf or NaN where a
  /// component is singular at this level.
  [[nodiscard]] Tensor log_density(const Tensor& x_t, const NoiseLevel& level) const;

  /// grad log of the mixture to which each pixel adds noise of its own variance (variance-exploding view: x_0 is not
  /// scaled), as Proposition 4.2 asks: x [B, C, H, W], variances [B or 1, C or 1, H, W] >= 0 -> [B, C, H, W]. Costs a
  /// Cholesky factorisation of D numbers for every component and row of `variances`.
  [[nodiscard]] Tensor score_anisotropic(const Tensor& x, const Tensor& variances) const override;

  /// Of a linear measurement. A mixture of low rank with variance in the other directions, where the components of a
  /// singular basis were measured: by Woodbury's identity (ComponentPosterior), some K R^2 D operations a noise level.
  /// Else the posterior mixtures, whose dense covariances take some K D^3 operations once for each A (DensePosterior).
  [[nodiscard]] std::unique_ptr<ExactPosterior> exact_posterior(const Measurement& measurement) const override;

  /// p(component | x_0 = x), x [B, C, H, W] -> [B, K]. A singular component takes the images nearest to its plane.
  [[nodiscard]] Tensor component_shares(const Tensor& x) const;

  /// The posterior mixture of one image for y = A x_0 + sigma n, A dense [m, C H W], y [m], sigma > 0: again a prior.
  [[nodiscard]] std::unique_ptr<Prior> posterior(const Tensor& matrix, const Tensor& y, double sigma) const;

  /// One exact sample of x_0 an image, [B, C, H, W]; see GaussianMixture::sample.
  [[nodiscard]] Tensor sample(const Noise& noise, Purpose purpose, std::int64_t draw = 0) const override;

  [[nodiscard]] const GaussianMixture& mixture() const { return mixture_; }

 private:
  struct Noised;  ///< the components at one noise level
  [[nodiscard]] Noised noised(const NoiseLevel& level) const;
  void check(const Tensor& x) const;
  [[nodiscard]] Tensor score_of_shared_noise(const Tensor& x, const Tensor& noise) const;  ///< x [B, D], noise [D]
  [[nodiscard]] const Tensor& dense_covariances() const;

  GaussianMixture mixture_;
  ImageShape shape_;
  mutable std::once_flag dense_once_;
  mutable Tensor dense_;  ///< [K, D, D], made when first asked for
};

}  // namespace dpsbench
