#pragma once
#include "priors/autoencoder/checkpoint.h"
#include "training/images.h"

namespace dpsbench {

/// What an autoencoder makes of images.
struct AutoencoderQuality {
  double psnr = 0;          ///< of D(E(x)) within [-1, 1], mean over the images, dB
  double latent_scale = 0;  ///< 1 over the deviation of the latents E(x): what a network of theirs should know them by
};

/// Of `count` examples: the images in their order, again and again; crops at random places that are the same every
/// time.
AutoencoderQuality autoencoder_quality(const AutoencoderOptions& options, const AutoencoderParameters& parameters,
                                       const TrainingImages& images, std::int64_t count);

}  // namespace dpsbench
