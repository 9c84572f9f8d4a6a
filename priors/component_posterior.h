#pragma once
#include "core/closed_form.h"
#include "priors/gaussian_mixture.h"

namespace dpsbench {

/// p(x_0 | y) of a mixture of low rank with variance in all other directions, where components of x_0 in a singular
/// basis of A were measured. At a noise level the state is one more measurement of every component; together they are a
/// Gaussian view of x_0 whose noise is diagonal, and Woodbury's identity leaves systems of the mixture's rank.
class ComponentPosterior {
 public:
  /// `measurement` must be of images of `shape`; D = C H W. Worked in double.
  ComponentPosterior(const GaussianMixture& mixture, const ImageShape& shape, ComponentMeasurement measurement);

  /// grad log p_t(x_t | y): [B, C, H, W] in x_t's number type.
  [[nodiscard]] Tensor score(const Tensor& x_t, const NoiseLevel& level) const;

 private:
  struct View;
  [[nodiscard]] View view(std::int64_t image, double precision_of_state) const;
  [[nodiscard]] Tensor mean(const View& view, std::int64_t image, const Tensor& observed) const;

  ComponentMeasurement measurement_;
  Tensor log_weights_;  ///< [K]
  Tensor rest_;         ///< [K, 1]
  Tensor means_;        ///< [B or 1, K, D] in the basis
  Tensor factors_;      ///< [B or 1, K, D, R] in the basis: what Sigma_k has above its rest is F F^T
};

}  // namespace dpsbench
