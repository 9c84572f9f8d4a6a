#include "methods/parts/pigdm_guidance.h"

namespace dpsbench {

PigdmGuidance pigdm_guidance(const Problem& problem, const Denoised& at, const NoiseLevel& level) {
  const double r2 = 1 - level.alpha_bar;
  const Tensor residual = problem.y - problem.op.forward(at.x0);
  const Tensor solved = problem.op.solve_gram(residual, problem.sigma_y * problem.sigma_y / r2);
  const Tensor square = image_dot(residual, residual);
  const Tensor strength = at::where(square > 0, image_dot(solved, residual) / square, at::zeros_like(square));
  return {at.pull_back({adjoint(problem.op, solved)})[0], strength};
}

}  // namespace dpsbench
