#pragma once
#include <filesystem>
#include <functional>
#include <optional>

#include "datasets/dataset.h"
#include "priors/autoencoder/options.h"
#include "training/autoencoder_quality.h"
#include "training/options.h"

namespace dpsbench {

/// How a KL autoencoder (Kingma & Welling 2014; Rombach et al. 2022) is trained: absolute errors of pixels, and
/// kl_weight times the divergence of each latent's distribution from the standard normal. No adversary and no
/// perceptual loss.
struct AutoencoderTraining {
  AutoencoderOptions network;           ///< with normal latents
  DatasetSpec data;                     ///< size and channels are the network's, whatever is given here
  std::filesystem::path held_out = {};  ///< other images, whose reconstructions are judged; empty: those of `data` are
  CropOptions crops;
  std::filesystem::path output;  ///< folder for weights.safetensors and checkpoint.safetensors
  std::uint64_t seed = 0;
  std::int64_t steps = 2000;
  std::int64_t batch = 16;
  double learning_rate = 1e-3;  ///< AdamW's, at its peak
  double kl_weight = 1e-4;      ///< of a latent's divergence in nats, beside a pixel's mean absolute error
  double average_decay = 0.999;
  std::int64_t checkpoint_every = 500;  ///< steps between checkpoints
  bool resume = false;                  ///< go on from the checkpoint in `output`, if there is one
};

/// Where it stands.
struct AutoencoderProgress {
  std::int64_t step = 0;
  double absolute_error = 0;  ///< of a pixel, mean since the last report
  double divergence = 0;      ///< of a latent's number, nats
};

/// Trains it on the CPU and writes OUTPUT/weights.safetensors by latent-diffusion's names. `report` is called every so
/// many steps, at checkpoints and at the end; returning false stops after a checkpoint. A training that was killed and
/// goes on ends with the same bits. Tells what the trained autoencoder makes of held-out images, with the scale of the
/// training images' latents; nothing where it was stopped. Throws UserError for options that do not fit together and
/// for a checkpoint that is there without `resume` or is of other options.
std::optional<AutoencoderQuality> train_autoencoder(const AutoencoderTraining& options,
                                                    const std::function<bool(const AutoencoderProgress&)>& report);

}  // namespace dpsbench
