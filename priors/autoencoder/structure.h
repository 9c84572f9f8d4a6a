#pragma once
#include "priors/autoencoder/options.h"
#include "priors/unet/parameters.h"

namespace dpsbench {

/// Half an autoencoder: layers one after the other (their parameters' names begin with their places, "down.0.0."),
/// then a normalisation, SiLU and a 3x3 convolution ("out.0.", "out.2.").
struct AutoencoderHalf {
  std::vector<UNetLayer> layers;
  std::int64_t out_channels = 0;

  [[nodiscard]] std::int64_t last_channels() const { return layers.back().out_channels; }
};

/// The encoder without the 1x1 convolution behind it.
AutoencoderHalf encoder_structure(const AutoencoderOptions& options);

/// The decoder without the 1x1 convolution before it.
AutoencoderHalf decoder_structure(const AutoencoderOptions& options);

/// What a U-Net's layers are told of normalisations, attention and padding to be an autoencoder's.
UNetOptions layer_options(const AutoencoderOptions& options);

/// Every parameter of one half.
std::vector<ParameterSpec> half_parameters(const AutoencoderOptions& options, const AutoencoderHalf& half);

}  // namespace dpsbench
