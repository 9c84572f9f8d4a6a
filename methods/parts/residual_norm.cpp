#include "methods/parts/residual_norm.h"

namespace dpsbench {

ResidualNorm residual_norm(const Problem& problem, const Tensor& x0) {
  constexpr double smallest_length = 1e-12;  // r = 0 has no direction: its gradient is 0
  const Tensor residual = problem.op.forward(x0) - problem.y;
  const Tensor length = image_norm(residual).clamp_min(smallest_length);
  return {length, problem.op.vjp(x0, residual / per_image(length, residual))};
}

}  // namespace dpsbench
