#include "methods/parts/proximal.h"

#include "methods/parts/noise_like.h"

namespace dpsbench {

Tensor draw_near(const Problem& problem, const Tensor& center, double rho, std::int64_t draw) {
  const double ratio = problem.sigma_y / rho;
  const Tensor of_center = normal_like(problem.noise, Purpose::inner, 2 * draw, center);
  const Tensor of_y = normal_like(problem.noise, Purpose::inner, 2 * draw + 1, problem.y);
  return proximal_point(problem.op, problem.y + of_y * problem.sigma_y, center + of_center * rho, ratio * ratio);
}

}  // namespace dpsbench
