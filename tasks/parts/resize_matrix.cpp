#include "tasks/parts/resize_matrix.h"

#include <cmath>

namespace dpsbench {
namespace {

double cubic(double x) {
  const double a = std::abs(x);
  if (a <= 1) return (1.5 * a - 2.5) * a * a + 1;
  if (a <= 2) return ((-0.5 * a + 2.5) * a - 4) * a + 2;
  return 0;
}

/// The position of index i on an axis mirrored at both ends, edge included: ..., 1, 0, 0, 1, ..., n-1, n-1, n-2, ...
std::int64_t mirrored(std::int64_t i, std::int64_t n) {
  const std::int64_t phase = ((i % (2 * n)) + 2 * n) % (2 * n);
  return phase < n ? phase : 2 * n - 1 - phase;
}

}  // namespace

Tensor bicubic_matrix(std::int64_t length, std::int64_t scale) {
  const std::int64_t outputs = length / scale;
  const Tensor matrix = at::zeros({outputs, length}, at::kDouble);
  auto entry = matrix.accessor<double, 2>();
  const auto d = static_cast<double>(scale);
  for (std::int64_t o = 0; o < outputs; ++o) {
    const double centre = (static_cast<double>(o) + 0.5) * d - 0.5;  // of output o, in input pixels
    const auto first = static_cast<std::int64_t>(std::floor(centre - 2 * d));
    double sum = 0;
    for (std::int64_t i = first; i <= first + 4 * scale + 1; ++i) {
      const double weight = cubic((centre - static_cast<double>(i)) / d);
      entry[o][mirrored(i, length)] += weight;
      sum += weight;
    }
    for (std::int64_t i = 0; i < length; ++i) entry[o][i] /= sum;
  }
  return matrix;
}

Tensor bicubic_enlargement(std::int64_t length, std::int64_t scale) {
  const Tensor matrix = at::zeros({length * scale, length}, at::kDouble);
  auto entry = matrix.accessor<double, 2>();
  for (std::int64_t o = 0; o < length * scale; ++o) {
    const double centre = (static_cast<double>(o) + 0.5) / static_cast<double>(scale) - 0.5;
    const auto first = static_cast<std::int64_t>(std::floor(centre)) - 1;
    for (std::int64_t i = first; i < first + 4; ++i)
      entry[o][mirrored(i, length)] += cubic(centre - static_cast<double>(i));
  }
  return matrix;
}

Tensor pooling_matrix(std::int64_t length, std::int64_t scale) {
  const Tensor matrix = at::zeros({length / scale, length}, at::kDouble);
  auto entry = matrix.accessor<double, 2>();
  for (std::int64_t i = 0; i < length; ++i) entry[i / scale][i] = 1 / static_cast<double>(scale);
  return matrix;
}

}  // namespace dpsbench
