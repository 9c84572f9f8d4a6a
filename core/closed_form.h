#pragma once
#include "core/exact_posterior.h"

namespace dpsbench {

/// A prior whose scores and posteriors are known in closed form: the ground on which samplers can be judged.
class ClosedFormPrior : public TractablePrior {
 public:
  /// grad log of the prior to which each pixel adds noise of its own variance (variance-exploding view, Eq. 10):
  /// x [B, C, H, W], variances [B or 1, C or 1, H, W] >= 0 -> [B, C, H, W].
  [[nodiscard]] virtual Tensor score_anisotropic(const Tensor& x, const Tensor& variances) const = 0;
};

/// The exact posterior score of inpainting at x_t, variance-preserving form (Proposition 4.2 with Eqs. 30 to 37).
/// y [B, C, H, W]; mask [B or 1, 1, H, W], 1 where y was measured; sigma_y > 0.
Tensor exact_inpainting_score(const ClosedFormPrior& prior, const Tensor& x_t, const NoiseLevel& level, const Tensor& y,
                              const Tensor& mask, double sigma_y);

}  // namespace dpsbench
