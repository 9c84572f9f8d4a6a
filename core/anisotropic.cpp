#include "core/anisotropic.h"

#include <cmath>

namespace dpsbench {

InpaintingPosterior inpainting_posterior(const AnisotropicScore& prior, const Tensor& x_t, const NoiseLevel& level,
                                         const Tensor& y, const Tensor& mask, double sigma_y) {
  const double root = std::sqrt(level.alpha_bar);
  const double of_y = sigma_y * sigma_y;
  const double of_t = level.sigma() * level.sigma();
  const Tensor measured = mask > 0;
  const Tensor u = x_t * (1 / root);
  // s~_i^2 and x~_i: as in denoising where measured, untouched elsewhere
  const Tensor state = at::where(measured, y * (of_t / (of_y + of_t)) + u * (of_y / (of_y + of_t)), u);
  const Tensor variances =
      at::where(measured, at::full_like(mask, of_y * of_t / (of_y + of_t)), at::full_like(mask, of_t));
  const AnisotropicEvaluation at_state = prior.evaluate_anisotropic(state, variances);
  const Tensor& score = at_state.score;
  const Tensor on_measured = score * (of_y / (of_y + of_t)) + (y - u) * (1 / (of_y + of_t));  // Eq. 9
  return {at::where(measured, on_measured, score) * (1 / root), at_state.variance};
}

}  // namespace dpsbench
