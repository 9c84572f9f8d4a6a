#include "core/posterior_score.h"

#include <algorithm>
#include <cmath>

namespace dpsbench {

DenoisingPosterior denoising_posterior(const Prior& prior, const NoiseSchedule& schedule, const NoiseLevel& level,
                                       double sigma_y) {
  const double of_y = sigma_y * sigma_y;
  const double of_t = level.sigma() * level.sigma();
  const double sigma_tilde = std::sqrt(of_y * of_t / (of_y + of_t));
  return {schedule.level_of_sigma(std::max(sigma_tilde, prior.smallest_sigma())), of_y / (of_y + of_t),
          1 / (of_y + of_t), of_t / (of_y + of_t), of_y / (of_y + of_t)};
}

Tensor denoising_state(const DenoisingPosterior& at, const Tensor& x_t, const NoiseLevel& level, const Tensor& y) {
  // x~ = s~^2 (y / sigma_y^2 + u / sigma_t^2), u = x_t / sqrt(abar_t)
  return y * at.of_measurement + x_t * (at.of_state / std::sqrt(level.alpha_bar));
}

Tensor prior_score_ve(const Prior& prior, const Tensor& state, const NoiseLevel& level) {
  const double root = std::sqrt(level.alpha_bar);
  return prior.score(state * root, level) * root;
}

Tensor combine_denoising_score(const DenoisingPosterior& at, const Tensor& prior_term, const Tensor& x_t,
                               const NoiseLevel& level, const Tensor& y) {
  const double root = std::sqrt(level.alpha_bar);
  const Tensor u = x_t * (1 / root);
  return (prior_term * at.prior_weight + (y - u) * at.data_weight) * (1 / root);  // Eq. 38
}

Tensor exact_denoising_score(const Prior& prior, const NoiseSchedule& schedule, const Tensor& x_t,
                             const NoiseLevel& level, const Tensor& y, double sigma_y) {
  const DenoisingPosterior at = denoising_posterior(prior, schedule, level, sigma_y);
  const Tensor state = denoising_state(at, x_t, level, y);
  return combine_denoising_score(at, prior_score_ve(prior, state, at.level), x_t, level, y);
}

}  // namespace dpsbench
