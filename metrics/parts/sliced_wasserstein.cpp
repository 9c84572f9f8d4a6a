#include "metrics/parts/sliced_wasserstein.h"

#include <algorithm>
#include <cmath>
#include <tuple>

#include "core/error.h"

namespace dpsbench {
namespace {

/// Pairs of sorted samples' ranks that the optimal plan joins, with the mass it moves between them.
struct Coupling {
  Tensor first;   // [P] ranks
  Tensor second;  // [P] ranks
  Tensor mass;    // [P]
};

/// The monotone plan between n and m equal masses: both ranks advance where their cumulative masses meet.
Coupling monotone_coupling(std::int64_t n, std::int64_t m, const TensorOptions& options) {
  std::vector<std::int64_t> first;
  std::vector<std::int64_t> second;
  std::vector<double> mass;
  const double total = static_cast<double>(n) * static_cast<double>(m);
  std::int64_t moved = 0;  // in units of 1 / (n m), so that no rounding splits equal masses
  for (std::int64_t i = 0, j = 0; i < n && j < m;) {
    const std::int64_t next = std::min((i + 1) * m, (j + 1) * n);
    first.push_back(i);
    second.push_back(j);
    mass.push_back(static_cast<double>(next - moved) / total);
    moved = next;
    if (next == (i + 1) * m) ++i;
    if (next == (j + 1) * n) ++j;
  }
  const at::Device device = options.device();
  return {at::tensor(first, at::kLong).to(device), at::tensor(second, at::kLong).to(device),
          at::tensor(mass, at::kDouble).to(device)};
}

}  // namespace

Tensor wasserstein_power(const Tensor& first, const Tensor& second, double order) {
  const Coupling plan = monotone_coupling(first.size(0), second.size(0), first.options());
  const Tensor x = std::get<0>(first.sort(0)).index_select(0, plan.first);
  const Tensor y = std::get<0>(second.sort(0)).index_select(0, plan.second);
  return ((x - y).abs().pow(order) * plan.mass.unsqueeze(1)).sum(0);
}

SlicedWasserstein sliced_wasserstein(const Tensor& first, const Tensor& second, double order, std::int64_t directions,
                                     const Noise& noise) {
  if (first.dim() != 2 || second.dim() != 2 || first.size(1) != second.size(1) || first.numel() == 0 ||
      second.numel() == 0 || noise.images() != 1 || directions < 1 || !(order >= 1))
    throw Error(fmt::format(
        "sliced_wasserstein takes points [N, D] and [M, D] (these are [{}] and [{}]), order >= 1 ({}), "
        "directions >= 1 ({}) and one stream of noise ({})",
        fmt::join(first.sizes(), ", "), fmt::join(second.sizes(), ", "), order, directions, noise.images()));
  const Tensor x = first.to(at::kDouble);
  const Tensor y = second.to(at::kDouble);
  constexpr std::int64_t block = 64;  // directions at a time
  double sum = 0;
  double greatest = 0;
  for (std::int64_t start = 0; start < directions; start += block) {
    const std::int64_t count = std::min(block, directions - start);
    const Tensor normal = noise.normal(Purpose::bootstrap, start / block, {count, x.size(1)}, x.options())[0];
    const Tensor unit = (normal / normal.norm(2, 1, /*keepdim=*/true)).t();
    const Tensor powers = wasserstein_power(x.matmul(unit), y.matmul(unit), order);
    sum += powers.sum().item<double>();
    greatest = std::max(greatest, powers.max().item<double>());
  }
  return {std::pow(sum / static_cast<double>(directions), 1 / order), std::pow(greatest, 1 / order)};
}

}  // namespace dpsbench
