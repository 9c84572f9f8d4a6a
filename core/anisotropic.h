#pragma once
#include "core/exact_posterior.h"

namespace dpsbench {

/// What is known of x_0 where each pixel adds noise of its own variance.
struct AnisotropicEvaluation {
  Tensor score;     ///< grad log p(x), variance-exploding view, [B, C, H, W]
  Tensor variance;  ///< of x_0 given x, pixel by pixel, [B, C, H, W]; undefined: not told
};

/// What knows the score of images whose pixels have noise levels of their own: what Proposition 4.2 asks for. Closed
/// forms do, and networks that were trained on such noise.
class AnisotropicScore {
 public:
  virtual ~AnisotropicScore() = default;

  /// grad log of the prior to which each pixel adds noise of its own variance (variance-exploding view, Eq. 10):
  /// x [B, C, H, W], variances [B or 1, C or 1, H, W] >= 0 -> [B, C, H, W]. Networks take one variance for a pixel's
  /// channels, above 0.
  [[nodiscard]] virtual Tensor score_anisotropic(const Tensor& x, const Tensor& variances) const = 0;

  /// The same, and what it tells beside.
  [[nodiscard]] virtual AnisotropicEvaluation evaluate_anisotropic(const Tensor& x, const Tensor& variances) const {
    return {score_anisotropic(x, variances), {}};
  }
};

/// A prior whose scores and posteriors are known in closed form: the ground on which samplers can be judged.
class ClosedFormPrior : public TractablePrior, public AnisotropicScore {};

/// The exact posterior of inpainting seen through x_t.
struct InpaintingPosterior {
  Tensor score;     ///< grad log p_t(x_t | y), variance-preserving form, [B, C, H, W]
  Tensor variance;  ///< of x_0 given x_t and y, pixel by pixel; undefined: not told
};

/// Proposition 4.2 with Eqs. 30 to 37. y [B, C, H, W]; mask [B or 1, 1, H, W], 1 where y was measured; sigma_y > 0. One
/// evaluation of the prior, at the levels 1 / (1 / sigma_y^2 + 1 / sigma_t^2) where measured and sigma_t^2 elsewhere.
InpaintingPosterior inpainting_posterior(const AnisotropicScore& prior, const Tensor& x_t, const NoiseLevel& level,
                                         const Tensor& y, const Tensor& mask, double sigma_y);

}  // namespace dpsbench
