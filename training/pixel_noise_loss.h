#pragma once
#include "priors/unet/noise_map.h"

namespace dpsbench {

/// x_i = a_i x_0i + b_i n_i: [B, C, H, W].
Tensor noised_pixels(const Tensor& x0, const Tensor& n, const PixelNoise& levels);

/// v_i = a_i n_i - b_i x_0i: [B, C, H, W].
Tensor velocity(const Tensor& x0, const Tensor& n, const PixelNoise& levels);

/// The loss of a network's output [B, C or 2C, H, W] for the velocity v it should have given, over all pixels. With C
/// channels their mean squared error. With 2C the second half is the logarithm of that error's expectation s^2, and the
/// loss is the Gaussian's negative log-likelihood, each pixel weighted by s held fixed (Seitzer et al. 2022, beta =
/// 1/2): (e^2 / s^2 + log s^2) s. Since s is known from x alone, the best mean is the expectation of v given x as
/// before, but pixels that are nearly known count as much as those that are not.
Tensor pixel_noise_loss(const Tensor& output, const Tensor& v);

}  // namespace dpsbench
