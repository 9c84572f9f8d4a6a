#include "metrics/parts/stein_discrepancy.h"

#include "core/error.h"

namespace dpsbench {

double stein_discrepancy(const Tensor& samples, const Tensor& scores, double width) {
  if (samples.dim() != 2 || samples.size(0) < 2 || scores.sizes() != samples.sizes() || !(width > 0))
    throw Error("the Stein discrepancy takes samples and scores [S, D], S >= 2, and a width above 0");
  const Tensor x = samples.to(at::kDouble);
  const Tensor s = scores.to(at::kDouble);
  const auto dimension = static_cast<double>(x.size(1));
  const double inverse = 1 / (width * width);
  const Tensor gram = x.matmul(x.t());
  const Tensor square = gram.diag();
  const Tensor apart = (square.unsqueeze(0) + square.unsqueeze(1) - gram * 2).clamp_min(0) * inverse;  // |x - y|^2
  const Tensor kernel = (apart + 1).pow(-0.5);
  const Tensor cube = kernel.pow(3);
  // s(x) . grad_y k + s(y) . grad_x k = (s(x) - s(y)) . (x - y) k^3 / width^2
  const Tensor along = s.matmul(x.t());
  const Tensor own = along.diag();
  const Tensor slopes = own.unsqueeze(0) + own.unsqueeze(1) - along - along.t();
  const Tensor trace = cube * dimension - apart * cube * kernel.square() * 3;  // of grad_x grad_y k, times width^2
  const Tensor stein = s.matmul(s.t()) * kernel + (slopes * cube + trace) * inverse;
  const auto count = static_cast<double>(x.size(0));
  const double mean = (stein.sum() - stein.trace()).item<double>() / (count * (count - 1));
  return mean / (dimension * inverse);
}

}  // namespace dpsbench
