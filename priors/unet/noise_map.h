#pragma once
#include "core/noise_schedule.h"
#include "core/tensor.h"

namespace dpsbench {

/// Noise that differs from pixel to pixel. Pixel i of x_0 is seen as x_i = a_i x_0i + b_i n_i with a_i = 1 / sqrt(1 +
/// sigma_i^2) and b_i = sigma_i a_i: the variance-preserving process at a level of its own. A network with a noise map
/// predicts v_i = a_i n_i - b_i x_0i (Salimans & Ho 2022) for every pixel, so that x_0i = a_i x_i - b_i v_i: no error
/// of it is multiplied by sigma_i.
struct PixelNoise {
  Tensor sigma;   ///< [B or 1, 1, H, W], variance-exploding standard deviation
  Tensor signal;  ///< a
  Tensor noise;   ///< b

  /// sigma [B or 1, 1, H, W] > 0.
  static PixelNoise of(const Tensor& sigma);
};

/// The noise levels such networks are trained on; they are told the nearest of others. From half the least noise of the
/// linear schedule, which a measurement and a state of that noise have together, to more than its greatest.
inline constexpr double least_map_sigma = 0.005;
inline constexpr double greatest_map_sigma = 160;

/// What a network with a noise map is given: x [B, C, H, W], log sigma / 4, a and b as channels: [B, C + 3, H, W].
Tensor network_input(const Tensor& x, const PixelNoise& levels);

/// The variance of v given x that a network's second half of output channels means, its logarithm held within [-12, 4].
Tensor learned_variance(const Tensor& output);

/// The least and greatest log sigma of each map as times of 0 (least_map_sigma) to 999 (greatest_map_sigma): [B or 1,
/// 2].
Tensor noise_times(const PixelNoise& levels);

}  // namespace dpsbench
