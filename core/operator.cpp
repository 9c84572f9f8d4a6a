#include "core/operator.h"

#include <array>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace dpsbench {
namespace {

constexpr int most_iterations = 50000;
constexpr int iterations_between_looks = 8;  // looking at the residual makes the host wait for the device
constexpr int looks_remembered = 4;

}  // namespace

Tensor Operator::solve_gram(const Tensor& r, double c) const {
  // Hestenes & Stiefel 1952. A finished image takes steps of length zero, so that the others do not change it. A step
  // adds length * square to ||A^T z||^2 + c ||z||^2 of the solution z, and the error is what later steps would add
  // (Strakos & Tichy 2002): where c is small that tells the image A^T z is settled long before the residual does.
  const bool in_double = r.scalar_type() == at::kDouble;
  const double of_residual = in_double ? 1e-12 : 1e-6;
  const double of_energy = in_double ? 1e-12 : 1e-5;
  Tensor solution = at::zeros_like(r);
  Tensor residual = r;
  Tensor direction = r;
  Tensor square = image_dot(r, r);
  const Tensor goal = square * (of_residual * of_residual);
  Tensor unfinished = at::ones_like(square, at::kBool);
  Tensor energy = at::zeros_like(square);
  Tensor gain = at::zeros_like(square);  // of energy since the last look
  std::array<Tensor, looks_remembered> gains;
  gains.fill(at::full_like(square, std::numeric_limits<double>::infinity()));
  for (int iteration = 0; iteration < most_iterations; ++iteration) {
    if (iteration % iterations_between_looks == 0) {
      if (iteration > 0) gains.at(static_cast<std::size_t>(iteration / iterations_between_looks) % gains.size()) = gain;
      gain = at::zeros_like(square);
      const Tensor recent = at::stack(gains).sum(0);
      unfinished = unfinished & (square > goal) & (recent > energy * (of_energy * of_energy));
      if (!std::isfinite(square.sum().item<double>()))
        throw NumericError("the Gram solve met numbers that are not finite");
      if (!unfinished.any().item<bool>()) return solution;
    }
    const Tensor image = forward(adjoint(direction)) + direction * c;
    const Tensor moving = unfinished & (square > 0);  // a residual of exactly 0 has no direction
    const Tensor length = at::where(moving, square / image_dot(direction, image), 0);
    gain = gain + length * square;
    energy = energy + length * square;
    solution = solution + direction * per_image(length, r);
    residual = residual - image * per_image(length, r);
    const Tensor next = image_dot(residual, residual);
    const Tensor turn = at::where(moving, next / square, 0);
    direction = residual + direction * per_image(turn, r);
    square = next;
  }
  throw NumericError("the Gram solve did not converge in {} iterations", most_iterations);
}

std::map<std::string, Tensor> Operator::ingredients() const {
  const Tensor mask = measured();
  return mask.defined() ? std::map<std::string, Tensor>{{"mask", mask}} : std::map<std::string, Tensor>{};
}

Tensor Operator::picture(const Tensor& y) const {
  const Tensor guess = pseudo_inverse(y);
  return y.sizes() == guess.sizes() ? y : guess;
}

Tensor measure(const Operator& op, const Tensor& x0, double sigma_y, const Noise& noise, bool hidden_noise,
               NoiseKind kind) {
  const Tensor clean = op.forward(x0);
  const Tensor measured = op.measured();
  if (kind != NoiseKind::gaussian) {
    const Tensor noisy =
        kind == NoiseKind::poisson ? counted_picture(clean, sigma_y, noise) : speckled_picture(clean, sigma_y, noise);
    return measured.defined() && !hidden_noise ? at::where(measured > 0, noisy, clean) : noisy;
  }
  Tensor added = noise.normal(Purpose::measurement, 0, op.measurement_shape(), x0.options()) * sigma_y;
  if (measured.defined() && !hidden_noise) added = added * measured;
  return clean + added;
}

Tensor measurement_picture(const Operator& op, const Tensor& y) { return op.picture(y).clamp(-1, 1); }

}  // namespace dpsbench
