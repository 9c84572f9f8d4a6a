#pragma once
#include <functional>

#include "core/noise.h"
#include "core/noise_schedule.h"
#include "core/observer.h"

namespace dpsbench {

/// Mean of the reverse step, q(x_{t-1} | x_t, x_0): [B, C, H, W].
Tensor ancestral_mean(const NoiseSchedule& schedule, std::int64_t i, const Tensor& x0, const Tensor& x_t);

/// Standard deviation of the reverse step. With a learned range (variance_fraction v in [-1, 1], Nichol & Dhariwal
/// 2021, Eq. 15) log variance = v' log beta + (1 - v') log posterior variance, v' = (v + 1) / 2, [B, C, H, W]; without
/// one the posterior variance, a zero-dimensional tensor.
Tensor ancestral_deviation(const NoiseSchedule& schedule, std::int64_t i, const Tensor& variance_fraction,
                           const TensorOptions& options);

/// One DDPM step x_{t-1} = mean + deviation * z, without noise at i = 0: [B, C, H, W].
Tensor ancestral_step(const NoiseSchedule& schedule, std::int64_t i, const Tensor& x0, const Tensor& x_t,
                      const Tensor& variance_fraction, const Noise& noise);

/// Mean of the DDIM step: the part of x_{t-1} that x0 and the noise it implies at x_t fix (Song et al. 2021, Eq. 12).
Tensor ddim_mean(const NoiseSchedule& schedule, std::int64_t i, const Tensor& x0, const Tensor& x_t, double eta);

/// One DDIM step (Song et al. 2021, Eq. 12) from x0 and the noise it implies; eta = 0 deterministic, 1 as noisy as
/// DDPM.
Tensor ddim_step(const NoiseSchedule& schedule, std::int64_t i, const Tensor& x0, const Tensor& x_t, double eta,
                 const Noise& noise);

/// The deviation of the DDIM step's noise, 0 at i = 0.
double ddim_deviation(const NoiseSchedule& schedule, std::int64_t i, double eta);

/// What one reverse step gives.
struct ReverseStep {
  Tensor x_previous;        ///< x_{t-1}
  Tensor x0_hat;            ///< the estimate behind it
  Tensor step_size;         ///< of the guidance, [B]; may be undefined
  Tensor prior_share = {};  ///< of the score of Proposition 4.1, [B]; undefined where it is not followed
};

/// The reverse-time loop, written once: from x_T ~ N(0, I) through i = steps-1 .. 0, each step shown to the observer.
/// Returns x_0 [B, C, H, W], not clamped.
Tensor reverse_loop(const NoiseSchedule& schedule, const ImageShape& shape, const TensorOptions& options,
                    const Noise& noise, Observer& observer,
                    const std::function<ReverseStep(std::int64_t i, const Tensor& x_t)>& step);

/// The same from an x_T of the sampler's own.
Tensor reverse_loop(const NoiseSchedule& schedule, Tensor x, Observer& observer,
                    const std::function<ReverseStep(std::int64_t i, const Tensor& x_t)>& step);

}  // namespace dpsbench
