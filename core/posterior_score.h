#pragma once
#include "core/prior.h"

namespace dpsbench {

/// Where the prior is asked in Proposition 4.1, and the weights of its two terms.
struct DenoisingPosterior {
  NoiseLevel level;  ///< t~: the level of s~^2 = 1 / (1 / sigma_y^2 + 1 / sigma_t^2), never under the prior's smallest
  double prior_weight;    ///< sigma_y^2 / (sigma_y^2 + sigma_t^2)
  double data_weight;     ///< 1 / (sigma_y^2 + sigma_t^2)
  double of_measurement;  ///< x~ = of_measurement * y + of_state * u
  double of_state;
};

/// The scalars of Proposition 4.1 at noise level `level` for measurement noise sigma_y > 0.
DenoisingPosterior denoising_posterior(const Prior& prior, const NoiseSchedule& schedule, const NoiseLevel& level,
                                       double sigma_y);

/// x~, the posterior mean of u given y under a flat prior, in the variance-exploding view: [B, C, H, W].
Tensor denoising_state(const DenoisingPosterior& at, const Tensor& x_t, const NoiseLevel& level, const Tensor& y);

/// The score grad log p_{t~}(x~) of the prior at a state of the variance-exploding view: sqrt(abar~) s(sqrt(abar~) x~,
/// t~).
Tensor prior_score_ve(const Prior& prior, const Tensor& state, const NoiseLevel& level);

/// The exact posterior score of y = x_0 + sigma_y n at x_t, variance-preserving form (Proposition 4.1, Eqs. 8 and 38),
/// from one evaluation of the prior: [B, C, H, W].
Tensor exact_denoising_score(const Prior& prior, const NoiseSchedule& schedule, const Tensor& x_t,
                             const NoiseLevel& level, const Tensor& y, double sigma_y);

/// The same from a prior term that is already there (cached or shared).
Tensor combine_denoising_score(const DenoisingPosterior& at, const Tensor& prior_term, const Tensor& x_t,
                               const NoiseLevel& level, const Tensor& y);

}  // namespace dpsbench
