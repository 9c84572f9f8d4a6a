#pragma once
#include "core/method.h"

namespace dpsbench {

/// The minimiser over x of ||y - A x||^2 + rho ||x - center||^2 for linear A and rho > 0, by the Woodbury identity:
/// center + A^T (A A^T + rho I)^{-1} (y - A center). center: [B, C, H, W], y: [B, ...].
inline Tensor proximal_point(const Operator& op, const Tensor& y, const Tensor& center, double rho) {
  return center + adjoint(op, op.solve_gram(y - op.forward(center), rho));
}

/// A draw from the Gaussian exp(-||y - A z||^2 / (2 sigma_y^2) - ||z - center||^2 / (2 rho^2)) by perturbing y and
/// center with noise of their own and minimising: exact for linear A. Uses the draws 2 `draw` and 2 `draw` + 1 of
/// Purpose::inner.
Tensor draw_near(const Problem& problem, const Tensor& center, double rho, std::int64_t draw);

}  // namespace dpsbench
