#pragma once
#include <functional>
#include <optional>

#include "core/prior.h"

namespace dpsbench {

/// grad log p_t(x_t | y) of a batch: x_t [B, C, H, W] at a noise level -> [B, C, H, W].
using PosteriorScore = std::function<Tensor(const Tensor& x_t, const NoiseLevel& level)>;

/// Measurements of a batch y = A x_0 + sigma n in an orthonormal basis V in which A^T A is diagonal: component i of
/// V^T x_0 was measured as `value` with `precision`, independently of the others.
struct ComponentMeasurement {
  std::function<Tensor(const Tensor&)> to_basis;    ///< V^T: [B, C, H, W] -> [B, D]
  std::function<Tensor(const Tensor&)> from_basis;  ///< V: [B, D] -> [B, C, H, W]
  bool same_basis;                                  ///< whether V is the same for every image
  Tensor value;                                     ///< [B, D]; 0 where nothing was measured
  Tensor precision;                                 ///< [B or 1, D], S^2 / sigma^2; 0 where nothing was measured
};

/// The same as a closed form may want it.
struct LinearMeasurement {
  Tensor y;                                        ///< [B, m]
  double sigma;                                    ///< > 0
  std::function<Tensor()> matrices;                ///< A, dense [B or 1, m, D]: 1 where it is the same for all images
  std::optional<ComponentMeasurement> components;  ///< where a singular value decomposition is at hand
};

/// A prior whose scores and linear posteriors are known in closed form: the ground on which samplers can be judged.
class ClosedFormPrior : public Prior {
 public:
  /// grad log of the prior to which each pixel adds noise of its own variance (variance-exploding view, Eq. 10):
  /// x [B, C, H, W], variances [B or 1, C or 1, H, W] >= 0 -> [B, C, H, W].
  [[nodiscard]] virtual Tensor score_anisotropic(const Tensor& x, const Tensor& variances) const = 0;

  /// The score of p(x_0 | y) noised to any level. What does not depend on y is worked out once for all images with the
  /// same A.
  [[nodiscard]] virtual PosteriorScore posterior_score(const LinearMeasurement& measurement) const = 0;
};

/// The exact posterior score of inpainting at x_t, variance-preserving form (Proposition 4.2 with Eqs. 30 to 37).
/// y [B, C, H, W]; mask [B or 1, 1, H, W], 1 where y was measured; sigma_y > 0.
Tensor exact_inpainting_score(const ClosedFormPrior& prior, const Tensor& x_t, const NoiseLevel& level, const Tensor& y,
                              const Tensor& mask, double sigma_y);

}  // namespace dpsbench
