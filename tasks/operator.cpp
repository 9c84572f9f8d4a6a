#include "tasks/operator.h"

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

constexpr int most_iterations = 10000;
constexpr int iterations_between_looks = 8;  // looking at the residual makes the host wait for the device

}  // namespace

Tensor Operator::solve_gram(const Tensor& r, double c) const {
  // Hestenes & Stiefel 1952. A finished image takes steps of length zero, so that the others do not change it.
  Tensor solution = at::zeros_like(r);
  Tensor residual = r;
  Tensor direction = r;
  Tensor square = image_dot(r, r);
  const double tolerance = r.scalar_type() == at::kDouble ? 1e-12 : 1e-6;
  const Tensor goal = square * (tolerance * tolerance);
  for (int iteration = 0; iteration < most_iterations; ++iteration) {
    if (iteration % iterations_between_looks == 0) {
      const double excess = (square - goal).max().item<double>();
      if (std::isnan(excess)) throw NumericError("the Gram solve met numbers that are not finite");
      if (excess <= 0) return solution;
    }
    const Tensor unfinished = square > goal;
    const Tensor image = forward(adjoint(direction)) + direction * c;
    const Tensor length = at::where(unfinished, square / image_dot(direction, image), 0);
    solution = solution + direction * per_image(length, r);
    residual = residual - image * per_image(length, r);
    const Tensor next = image_dot(residual, residual);
    const Tensor turn = at::where(unfinished, next / square, 0);
    direction = residual + direction * per_image(turn, r);
    square = next;
  }
  throw NumericError("the Gram solve did not converge in {} iterations", most_iterations);
}

Tensor Operator::picture(const Tensor& y) const {
  const Tensor guess = pseudo_inverse(y);
  return y.sizes() == guess.sizes() ? y : guess;
}

Tensor measure(const Operator& op, const Tensor& x0, double sigma_y, const Noise& noise, bool hidden_noise) {
  const Tensor clean = op.forward(x0);
  Tensor added = noise.normal(Purpose::measurement, 0, op.measurement_shape(), x0.options()) * sigma_y;
  const Tensor measured = op.measured();
  if (measured.defined() && !hidden_noise) added = added * measured;
  return clean + added;
}

Tensor measurement_picture(const Operator& op, const Tensor& y) { return op.picture(y).clamp(-1, 1); }

}  // namespace dpsbench
