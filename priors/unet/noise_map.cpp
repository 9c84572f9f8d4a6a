#include "priors/unet/noise_map.h"

#include <cmath>

namespace dpsbench {
namespace {

/// The logarithm of the levels that are told, in double: in single precision its last bits may depend on where in a
/// batch a number stands.
Tensor log_told(const Tensor& sigma) { return sigma.clamp(least_map_sigma, greatest_map_sigma).to(at::kDouble).log(); }

}  // namespace

PixelNoise PixelNoise::of(const Tensor& sigma) {
  const Tensor signal = (sigma.square() + 1).rsqrt();
  return {sigma, signal, sigma * signal};
}

Tensor network_input(const Tensor& x, const PixelNoise& levels) {
  const Tensor map = at::cat({(log_told(levels.sigma) * 0.25).to(x.scalar_type()), levels.signal, levels.noise}, 1);
  return at::cat({x, map.expand({x.size(0), 3, x.size(2), x.size(3)})}, 1);
}

Tensor learned_variance(const Tensor& output) { return output.clamp(-12, 4).exp(); }

Tensor noise_times(const PixelNoise& levels) {
  const double least = std::log(least_map_sigma);
  const double scale = 999 / (std::log(greatest_map_sigma) - least);
  const Tensor log_sigma = log_told(levels.sigma).flatten(1);
  const Tensor ends = at::stack({log_sigma.amin(1), log_sigma.amax(1)}, 1);
  return ((ends - least) * scale).to(levels.sigma.scalar_type());
}

}  // namespace dpsbench
