#pragma once
#include "core/prior.h"

namespace dpsbench {

/// Tweedie's estimate x0_hat = (x_t - sqrt(1 - alpha_bar) eps) / sqrt(alpha_bar) = E[x_0 | x_t], clamped to [-1, 1] if
/// asked, with the gradient back to x_t. Clamped pixels have no gradient (as in DPS's code).
struct Denoised {
  Tensor x0;                 ///< [B, C, H, W]
  Tensor eps;                ///< the noise prediction itself, [B, C, H, W]
  Tensor variance_fraction;  ///< of the learned-range variance; may be undefined

  /// (d x0 / d x_t)^T c for each cotangent c, in one pass. Empty unless gradients were asked for; may be called once.
  std::function<std::vector<Tensor>(const std::vector<Tensor>&)> pull_back;

  /// The score of the prior at x_t: -eps / sqrt(1 - alpha_bar).
  [[nodiscard]] Tensor score(const NoiseLevel& level) const;
};

/// Evaluates the prior at x_t [B, C, H, W] and applies Tweedie's formula.
Denoised denoise(const Prior& prior, const Tensor& x_t, const NoiseLevel& level, bool clip, Gradient gradient);

/// Tweedie's formula for any score at x_t: (x_t + (1 - alpha_bar) score) / sqrt(alpha_bar), clamped to [-1, 1] if
/// asked.
Tensor tweedie(const Tensor& x_t, const Tensor& score, const NoiseLevel& level, bool clip);

/// The noise that an x0 implies at x_t: (x_t - sqrt(alpha_bar) x0) / sqrt(1 - alpha_bar).
Tensor implied_noise(const Tensor& x_t, const Tensor& x0, const NoiseLevel& level);

}  // namespace dpsbench
