#include "tasks/parts/matrix_products.h"

#include <cmath>
#include <numbers>

namespace dpsbench {

Tensor on_axes(const Tensor& left, const Tensor& x, const Tensor& right) {
  if (left.numel() == 1)  // a signal: products of few numbers would depend on where in memory they lie
    return (x * right).sum(3).unsqueeze(2) * left;
  const std::int64_t planes = x.size(0) * x.size(1);
  const Tensor flat = x.reshape({planes, x.size(2), x.size(3)});
  const Tensor along_width = at::bmm(flat, right.t().expand({planes, right.size(1), right.size(0)}));
  const Tensor result = at::bmm(left.expand({planes, left.size(0), left.size(1)}), along_width);
  return result.reshape({x.size(0), x.size(1), left.size(0), right.size(0)});
}

Tensor on_channels(const Tensor& matrix, const Tensor& x) {
  const Tensor mixed = at::bmm(matrix.expand({x.size(0), matrix.size(0), matrix.size(1)}), x.flatten(2));
  return mixed.reshape({x.size(0), matrix.size(0), x.size(2), x.size(3)});
}

Tensor cosine_matrix(std::int64_t n) {
  const Tensor index = at::arange(n, at::kDouble);
  const double count = static_cast<double>(n);
  const Tensor matrix = (at::outer(index, 2 * index + 1) * (std::numbers::pi / (2 * count))).cos();
  matrix[0].mul_(std::sqrt(0.5));
  return matrix * std::sqrt(2 / count);
}

}  // namespace dpsbench
