#include "priors/torchscript/convention.h"

#include <cmath>

namespace dpsbench {
namespace {

double path_time(const NoiseLevel& level) { return 1 / (1 + level.sigma()); }

}  // namespace

Tensor NetworkConvention::input_of(const Tensor& x_t, const NoiseLevel& level) const {
  const double to_exploding = 1 / std::sqrt(level.alpha_bar);
  if (predicts == "velocity") return x_t * (to_exploding * path_time(level));
  if (predicts == "edm" || input == "exploding") return x_t * to_exploding;
  return x_t;
}

double NetworkConvention::condition_of(const NoiseLevel& level) const {
  if (conditioned_on == "sigma") return level.sigma();
  if (conditioned_on == "log_sigma_over_4") return std::log(level.sigma()) / 4;
  if (conditioned_on == "time") return path_time(level);
  return level.time;
}

Tensor NetworkConvention::noise_of(const Tensor& output, const Tensor& x_t, const NoiseLevel& level) const {
  const double signal = std::sqrt(level.alpha_bar);
  const double noise = std::sqrt(1 - level.alpha_bar);
  if (predicts == "eps") return output;
  if (predicts == "v") return x_t * noise + output * signal;  // of x_0 = signal x_t - noise v
  if (predicts == "velocity") return input_of(x_t, level) - output * path_time(level);  // of x_0 = x + (1 - t) v
  return (x_t - output * signal) / noise;  // x0, edm
}

}  // namespace dpsbench
