#include "metrics/parts/mmd.h"

#include <algorithm>

#include "core/error.h"

namespace dpsbench {
namespace {

void check_points(const Tensor& points, const Tensor& others) {
  if (points.dim() != 2 || points.size(0) < 2 || points.size(1) != others.size(1))
    throw Error(fmt::format("a discrepancy takes points [N, D] and [M, D], N, M >= 2; one is [{}]",
                            fmt::join(points.sizes(), ", ")));
}

/// The sum of kernel(x_i, y_j) over all i, j, a block of rows at a time so that no [N, M] matrix is held.
template <typename Kernel>
double kernel_sum(const Tensor& x, const Tensor& y, const Kernel& kernel) {
  constexpr std::int64_t block = 512;
  double sum = 0;
  for (std::int64_t start = 0; start < x.size(0); start += block)
    sum += kernel(x.narrow(0, start, std::min(block, x.size(0) - start)), y).sum().template item<double>();
  return sum;
}

/// The kernel between a sample's different points, averaged; `of_itself` is the sum of kernel(x_i, x_i).
template <typename Kernel>
double mean_within(const Tensor& x, double of_itself, const Kernel& kernel) {
  const auto n = static_cast<double>(x.size(0));
  return (kernel_sum(x, x, kernel) - of_itself) / (n * (n - 1));
}

template <typename Kernel>
double mean_between(const Tensor& x, const Tensor& y, const Kernel& kernel) {
  return kernel_sum(x, y, kernel) / (static_cast<double>(x.size(0)) * static_cast<double>(y.size(0)));
}

}  // namespace

double gaussian_mmd2(const Tensor& first, const Tensor& second, double bandwidth) {
  check_points(first, second);
  check_points(second, first);
  if (!(bandwidth > 0)) throw Error(fmt::format("a kernel's bandwidth is > 0; {} is not", bandwidth));
  const auto kernel = [bandwidth](const Tensor& x, const Tensor& y) {
    // differences, not matrix products: near points would cancel
    const Tensor distance = at::cdist(x, y, 2.0, /*compute_mode=*/2);
    return (-distance.square() / (2 * bandwidth * bandwidth)).exp();
  };
  const Tensor x = first.to(at::kDouble);
  const Tensor y = second.to(at::kDouble);
  return mean_within(x, static_cast<double>(x.size(0)), kernel) +
         mean_within(y, static_cast<double>(y.size(0)), kernel) - 2 * mean_between(x, y, kernel);
}

double kernel_distance(const Tensor& first, const Tensor& second) {
  check_points(first, second);
  check_points(second, first);
  const auto features = static_cast<double>(first.size(1));
  const auto kernel = [features](const Tensor& x, const Tensor& y) { return (x.matmul(y.t()) / features + 1).pow(3); };
  const auto of_itself = [features](const Tensor& x) {
    return (x.square().sum(1) / features + 1).pow(3).sum().item<double>();
  };
  const Tensor x = first.to(at::kDouble);
  const Tensor y = second.to(at::kDouble);
  return mean_within(x, of_itself(x), kernel) + mean_within(y, of_itself(y), kernel) - 2 * mean_between(x, y, kernel);
}

double median_distance(const Tensor& points) {
  check_points(points, points);
  constexpr std::int64_t most = 2000;
  const std::int64_t count = points.size(0);
  Tensor chosen = points.to(at::kDouble);
  if (count > most)
    chosen = chosen.index_select(0, (at::arange(most, chosen.options().dtype(at::kLong)) * count).floor_divide(most));
  const Tensor distances = std::get<0>(at::pdist(chosen).sort());
  const std::int64_t pairs = distances.size(0);
  const double median = (distances[(pairs - 1) / 2] + distances[pairs / 2]).item<double>() / 2;
  if (!(median > 0)) throw NumericError("the median distance of the points is {}: no kernel bandwidth", median);
  return median;
}

}  // namespace dpsbench
