#pragma once
#include "core/noise.h"
#include "priors/autoencoder/checkpoint.h"

namespace dpsbench {

/// Every parameter of an autoencoder under one name each, as a training's state has them.
std::vector<ParameterSpec> trained_parameters(const AutoencoderOptions& options);

/// The same parameters by the part of the autoencoder that they are of.
AutoencoderParameters by_part(const UNetParameters& all);

/// The two terms of the loss of a batch.
struct AutoencoderTerms {
  Tensor absolute_error;  ///< of a pixel
  Tensor divergence;      ///< of a latent's number from the standard normal, nats
};

/// Terms of images x [B, C, H, W], whose latents are drawn once each.
AutoencoderTerms autoencoder_terms(const AutoencoderOptions& options, const AutoencoderParameters& parameters,
                                   const Tensor& x, const Noise& noise);

}  // namespace dpsbench
