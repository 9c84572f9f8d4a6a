#include "training/pixel_noise_loss.h"

namespace dpsbench {

Tensor noised_pixels(const Tensor& x0, const Tensor& n, const PixelNoise& levels) {
  return levels.signal * x0 + levels.noise * n;
}

Tensor velocity(const Tensor& x0, const Tensor& n, const PixelNoise& levels) {
  return levels.signal * n - levels.noise * x0;
}

Tensor pixel_noise_loss(const Tensor& output, const Tensor& v) {
  const std::int64_t channels = v.size(1);
  const Tensor error = (v - output.narrow(1, 0, channels)).square();
  if (output.size(1) == channels) return error.mean();
  const Tensor variance = learned_variance(output.narrow(1, channels, channels));
  return ((error / variance + variance.log()) * variance.detach().sqrt()).mean();
}

}  // namespace dpsbench
