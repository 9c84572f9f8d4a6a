#pragma once
#include "priors/autoencoder/checkpoint.h"

namespace dpsbench {

// An autoencoder as plain differentiable operations, in the parameters' number type: for training. Sampling has
// NetworkAutoencoder, which gives the same numbers to rounding.

/// What the encoder makes of images x [B, C, H, W]: latents, or their means and the logarithms of their variances.
Tensor plain_moments(const AutoencoderOptions& options, const AutoencoderParameters& parameters, const Tensor& x);

/// The image of latents z [B, C, H, W], which are taken as they are: no codes.
Tensor plain_decoded(const AutoencoderOptions& options, const AutoencoderParameters& parameters, const Tensor& z);

}  // namespace dpsbench
