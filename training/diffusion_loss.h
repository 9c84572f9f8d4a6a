#pragma once
#include "core/noise_schedule.h"
#include "core/tensor.h"

namespace dpsbench {

/// KL divergence between normal distributions with these means and log variances, element by element, in nats.
Tensor gaussian_kl(const Tensor& mean, const Tensor& log_variance, const Tensor& other_mean,
                   const Tensor& other_log_variance);

/// Log probability, in nats, of 8-bit pixels x (whole levels of [-1, 1]) under a normal distribution integrated over
/// each level; the outermost levels take the tails (Ho et al. 2020, Eq. 13). Never below log(1e-12).
Tensor discretised_log_likelihood(const Tensor& x, const Tensor& mean, const Tensor& log_deviation);

/// The two parts of the training loss of each image, [B].
struct LossTerms {
  Tensor simple;       ///< mean squared error of the predicted noise
  Tensor variational;  ///< one term of the variational bound, in bits a dimension; undefined without learned variance
};

/// The hybrid loss of a DDPM with learned-range variance (Nichol & Dhariwal 2021, Eq. 16):
/// L_simple + 0.001 L_vlb, L_vlb = T E[L_t], where L_t teaches the variance only.
class DiffusionLoss {
 public:
  DiffusionLoss(const NoiseSchedule& schedule, const TensorOptions& options);

  [[nodiscard]] std::int64_t steps() const { return steps_; }

  /// x_t = sqrt(alpha_bar_t) x_0 + sqrt(1 - alpha_bar_t) eps at a step t [B] (int64) of each image's own: [B, C, H, W].
  [[nodiscard]] Tensor noised(const Tensor& x0, const Tensor& t, const Tensor& eps) const;

  /// The terms for a network's `output` at x_t: [B, C, H, W] the noise, or [B, 2C, H, W] noise and variance fraction.
  [[nodiscard]] LossTerms terms(const Tensor& output, const Tensor& x0, const Tensor& x_t, const Tensor& t,
                                const Tensor& eps) const;

  /// The mean over the batch of simple + 0.001 T variational.
  [[nodiscard]] Tensor hybrid(const LossTerms& terms) const;

 private:
  /// A table's entry of each image, [B, 1, 1, 1].
  [[nodiscard]] static Tensor at_steps(const Tensor& table, const Tensor& t);

  std::int64_t steps_;
  // one entry a step, [T]
  Tensor signal_;          ///< sqrt(alpha_bar)
  Tensor noise_;           ///< sqrt(1 - alpha_bar)
  Tensor coefficient_x0_;  ///< of the posterior mean of q(x_{t-1} | x_t, x_0)
  Tensor coefficient_xt_;
  Tensor log_beta_;                ///< the largest log variance
  Tensor posterior_log_variance_;  ///< the smallest
};

}  // namespace dpsbench
