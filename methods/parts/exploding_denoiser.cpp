#include "methods/parts/exploding_denoiser.h"

#include <cmath>

namespace dpsbench {

NoiseLevel continuous_level(double sigma) {
  constexpr double beta_d = 19.9;
  constexpr double beta_min = 0.1;
  constexpr double last_time = 999;
  const double t = (std::sqrt(beta_min * beta_min + 2 * beta_d * std::log1p(sigma * sigma)) - beta_min) / beta_d;
  return NoiseLevel::of_sigma(sigma, std::min(t, 1.0) * last_time);
}

NoiseLevel level_for(const NoiseSchedule& schedule, double sigma) {
  static const NoiseSchedule ddpm = NoiseSchedule::linear();
  return schedule.trained_as(ddpm) ? continuous_level(sigma) : schedule.level_of_sigma(sigma);
}

Tensor denoise_exploding(const Prior& prior, const Tensor& u, const NoiseLevel& level) {
  const Evaluation at = prior.evaluate(u * std::sqrt(level.alpha_bar), level, Gradient::none);
  return u - at.eps * level.sigma();
}

double annealed_sigma(double fraction, double first, double last) {
  constexpr double root = 1.0 / 7;
  const double from = std::pow(first, root);
  return std::pow(from + fraction * (std::pow(last, root) - from), 7);
}

}  // namespace dpsbench
