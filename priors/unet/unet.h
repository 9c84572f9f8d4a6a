#pragma once
#include <functional>

#include "priors/unet/parameters.h"

namespace dpsbench {

/// The embedding of times t [B] in `dimension` numbers: cosines, then sines, of t 10000^(-i / half), i = 0 .. half - 1,
/// half = dimension / 2, and a zero if dimension is odd: [B, dimension]. `options`: sin_first and freq_shift.
Tensor timestep_embedding(const Tensor& t, std::int64_t dimension, const UNetOptions& options = {});

/// What the network's first layer is told of times: timestep_embedding of t [B] in num_channels numbers; with a noise
/// map, of the two times [B, 2] of each image in half as many each, side by side: [B, num_channels]. With frequencies
/// of the network's own [num_channels], sines and cosines of 2 pi f t, as sin_first says: [B, 2 num_channels].
Tensor unet_time_features(const UNetOptions& options, const Tensor& t, const UNetParameters& parameters);

/// Throws Error unless x is [B, stem_channels, H, W] with H and W that can be halved as often as the network does, and
/// t is [1 or B], or with a noise map [1 or B, 2].
void check_unet_input(const UNetOptions& options, const Tensor& x, const Tensor& t);

/// The U-Net of `options` (as they stand, ADM's: Dhariwal & Nichol 2021, guided-diffusion's UNetModel) as plain
/// differentiable operations, in the parameters' number type. x [B, C, H, W]; t [1 or B] in [0, 1000), may be
/// fractional; -> [B, out_channels, H, W]. With a noise map, x is network_input() and t noise_times() of it
/// (priors/unet/noise_map.h). Other heights and widths than image_size work if they can be halved as often. Training
/// passes `dropout`, applied to the hidden layer of each residual block. Throws Error when x or t do not fit.
Tensor unet_forward(const UNetOptions& options, const UNetParameters& parameters, const Tensor& x, const Tensor& t,
                    const std::function<Tensor(const Tensor&)>& dropout = {});

}  // namespace dpsbench
