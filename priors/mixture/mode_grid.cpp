#include "priors/mixture/mode_grid.h"

namespace dpsbench {

GaussianMixture ModeGrid::mixture() const {
  std::vector<Tensor> means;
  for (int i = -2; i <= 2; ++i)
    for (int j = -2; j <= 2; ++j)
      means.push_back((at::tensor({-i, -j}, at::kDouble) * spacing).repeat({dimension / 2}));
  const auto count = static_cast<std::int64_t>(means.size());
  Tensor log_weights = at::zeros({count}, at::kDouble);
  if (!equal_weights) {
    const PhiloxNoise noise(0, {{"gaussian_modes", "weights"}});
    log_weights = noise.normal(Purpose::training, 0, {count}, at::kDouble)[0].square().log();
  }
  return GaussianMixture::of_factors(log_weights, at::stack(means), at::zeros({count, dimension, 1}, at::kDouble),
                                     at::full({count}, deviation * deviation, at::kDouble));
}

}  // namespace dpsbench
