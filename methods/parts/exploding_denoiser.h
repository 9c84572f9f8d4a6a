#pragma once
#include <vector>

#include "core/prior.h"

namespace dpsbench {

// Samplers of the variance-exploding view u = x_0 + sigma z in continuous noise, as DAPS and PnP-DM use it.

/// The level of noise sigma in (0, 152] with the network time 999 t(sigma), where sigma(t)^2 = exp(beta_d t^2 / 2 +
/// beta_min t) - 1, beta_d = 19.9, beta_min = 0.1: the continuous VP process of Song et al. 2021 that EDM (Karras et
/// al. 2022, Table 1) reads a DDPM network by. Differs by up to 3 steps of 1000 from the level of the discrete betas.
NoiseLevel continuous_level(double sigma);

/// The level of noise sigma for a network of this training schedule: continuous_level for DDPM's linear betas, as the
/// authors of DAPS and PnP-DM tell their networks; of any other schedule its own, at the same noise.
NoiseLevel level_for(const NoiseSchedule& schedule, double sigma);

/// D(u; sigma) = u - sigma eps(u / sqrt(1 + sigma^2), level): E[x_0 | u], never clamped, [B, C, H, W].
Tensor denoise_exploding(const Prior& prior, const Tensor& u, const NoiseLevel& level);

/// Noise a fraction (0..1) of the way from `first` to `last`, evenly spaced in sigma^(1/7) (EDM, Eq. 5).
double annealed_sigma(double fraction, double first, double last);

}  // namespace dpsbench
