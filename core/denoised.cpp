#include "core/denoised.h"

#include <cmath>

namespace dpsbench {

Tensor Denoised::score(const NoiseLevel& level) const { return eps * (-1 / std::sqrt(1 - level.alpha_bar)); }

Denoised denoise(const Prior& prior, const Tensor& x_t, const NoiseLevel& level, bool clip, Gradient gradient) {
  Evaluation evaluation = prior.evaluate(x_t, level, gradient);
  const double of_x = 1 / std::sqrt(level.alpha_bar);
  const double of_eps = -level.sigma();
  const Tensor unclipped = x_t * of_x + evaluation.eps * of_eps;
  Denoised denoised{clip ? unclipped.clamp(-1, 1) : unclipped, evaluation.eps, evaluation.variance_fraction, {}};
  if (gradient == Gradient::none) return denoised;
  const Tensor inside = clip ? (unclipped.abs() <= 1).to(x_t.scalar_type()) : Tensor();
  denoised.pull_back = [=, through_network = std::move(evaluation.pull_back)](std::vector<Tensor> cotangents) {
    std::vector<Tensor> of_noise;
    for (Tensor& cotangent : cotangents) {
      if (clip) cotangent = cotangent * inside;
      of_noise.push_back(cotangent * of_eps);
    }
    std::vector<Tensor> gradients = through_network(of_noise);
    for (std::size_t k = 0; k < cotangents.size(); ++k) gradients[k] = gradients[k] + cotangents[k] * of_x;
    return gradients;
  };
  return denoised;
}

Tensor tweedie(const Tensor& x_t, const Tensor& score, const NoiseLevel& level, bool clip) {
  const Tensor x0 = (x_t + score * (1 - level.alpha_bar)) * (1 / std::sqrt(level.alpha_bar));
  return clip ? x0.clamp(-1, 1) : x0;
}

Tensor implied_noise(const Tensor& x_t, const Tensor& x0, const NoiseLevel& level) {
  return (x_t - x0 * std::sqrt(level.alpha_bar)) * (1 / std::sqrt(1 - level.alpha_bar));
}

}  // namespace dpsbench
