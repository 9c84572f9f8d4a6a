#include "toy/free_energy.h"

#include <algorithm>
#include <limits>
#include <vector>

#include "core/error.h"

namespace dpsbench {

Tensor free_energy(const Tensor& probabilities, double bin_width) { return -(probabilities / bin_width).log(); }

DoubleWell double_well_of(const Tensor& profile) {
  const Tensor values = profile.to(at::kDouble).contiguous();
  const double* const f = values.const_data_ptr<double>();
  std::vector<std::int64_t> minima;
  for (std::int64_t i = 1; i + 1 < values.numel(); ++i)
    if (f[i] < f[i - 1] && f[i] <= f[i + 1]) minima.push_back(i);
  if (minima.size() < 2) throw Error(fmt::format("the profile has {} minima inside its range, not two", minima.size()));
  std::partial_sort(minima.begin(), minima.begin() + 2, minima.end(),
                    [&](std::int64_t a, std::int64_t b) { return f[a] < f[b]; });
  const auto [first, second] = std::minmax(minima[0], minima[1]);
  return {first, std::max_element(f + first, f + second) - f, second};
}

ProfileError profile_error(const Tensor& estimate, const Tensor& truth, double within) {
  const Tensor near = truth <= truth.min() + within;
  const Tensor known = near & estimate.isfinite();
  const Tensor errors = (estimate - truth).masked_select(known);
  ProfileError error{.bins = near.sum().item<std::int64_t>(), .empty = (near & ~known).sum().item<std::int64_t>()};
  if (errors.numel() == 0) {
    error.root_mean_square = error.greatest = std::numeric_limits<double>::quiet_NaN();
    return error;
  }
  error.root_mean_square = errors.square().mean().sqrt().item<double>();
  error.greatest = errors.abs().max().item<double>();
  return error;
}

}  // namespace dpsbench
