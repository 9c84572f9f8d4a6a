#pragma once
#include <string>

#include "core/noise_schedule.h"
#include "core/tensor.h"

namespace dpsbench {

/// What a network of someone else's is given and what it answers, told in terms of the level's views: preserving x_t,
/// exploding u = x_t / sqrt(alpha_bar) of deviation sigma, straight path x_t' = t x_0 + (1 - t) eps with t = 1 / (1 +
/// sigma).
struct NetworkConvention {
  /// eps, x0, v (Salimans & Ho 2022), velocity (of the straight path, x_0 - eps), edm (Karras et al. 2022: the denoiser
  /// D, its own scalings inside).
  std::string predicts;
  std::string input;  ///< preserving or exploding; edm is given u and velocity the straight path, whatever it says
  std::string conditioned_on;  ///< timestep, sigma, log_sigma_over_4, or time, the straight path's t

  /// What the network is given of x_t.
  [[nodiscard]] Tensor input_of(const Tensor& x_t, const NoiseLevel& level) const;
  /// The number it is told of the level.
  [[nodiscard]] double condition_of(const NoiseLevel& level) const;
  /// The noise that its answer means.
  [[nodiscard]] Tensor noise_of(const Tensor& output, const Tensor& x_t, const NoiseLevel& level) const;
};

}  // namespace dpsbench
