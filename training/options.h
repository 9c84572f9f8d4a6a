#pragma once
#include <filesystem>
#include <memory>
#include <string>

#include "core/latent/autoencoder.h"
#include "datasets/dataset.h"
#include "datasets/image_source.h"
#include "priors/unet/options.h"

namespace dpsbench {

/// What a network is shown of the images.
struct CropOptions {
  bool random = false;              ///< random crops at random scales, for photographs; false: whole images
  std::int64_t shortest_side = 48;  ///< random crops: the smallest short side an image is shrunk to, pixels
  std::int64_t longest_side = 384;  ///< random crops: the largest; images are never enlarged
  bool flips = true;                ///< mirror left to right half of the time
};

/// The noise that a network learns to see through.
enum class TrainingNoise {
  schedule,   ///< a step of the linear schedule; it predicts the noise (DDPM, hybrid loss)
  per_pixel,  ///< a level of each pixel, of which it is told, as inpainting has them; it predicts v
  constant,   ///< the same network and loss, but one level an image: the isotropic twin of per_pixel
};

/// How a diffusion network is trained.
struct TrainingOptions {
  UNetOptions network;
  DatasetSpec data;                                     ///< size and channels are the network's, whatever is given here
  std::shared_ptr<const ImageSource> source = {};       ///< where images come from, if not from data.path
  std::shared_ptr<const Autoencoder> autoencoder = {};  ///< whose latents of the images it is shown; null: the images
  std::string autoencoder_identity = {};  ///< tells it from others: a training goes on with the same alone
  CropOptions crops;
  TrainingNoise noise = TrainingNoise::schedule;  ///< the others need network.noise_map
  std::filesystem::path output;  ///< folder for weights.safetensors, checkpoint.safetensors and sample pictures
  /// Weights of the same network to start from, such as an earlier training's; empty: drawn ones. Another seed than
  /// theirs shows the network other crops and noise.
  std::filesystem::path start_from = {};
  std::uint64_t seed = 0;
  std::string device = "cpu";  ///< "cpu", "cuda" or "cuda:1"

  std::int64_t steps = 10000;   ///< batches in all
  std::int64_t batch = 32;      ///< images a batch
  double learning_rate = 5e-4;  ///< AdamW's, at its peak
  std::int64_t warm_up = 200;   ///< steps over which the learning rate rises to its peak; then a half cosine to 0
  double weight_decay = 0;
  double gradient_norm = 1;       ///< gradients longer than this are shortened to it
  double average_decay = 0.9995;  ///< of the exponential moving average of the parameters

  std::int64_t report_every = 10;       ///< steps between progress reports
  std::int64_t checkpoint_every = 500;  ///< steps between checkpoints
  std::int64_t sample_every = 2000;     ///< steps between sample pictures; 0: none
  std::int64_t sample_steps = 100;      ///< reverse steps of a sample
  bool resume = false;                  ///< go on from the checkpoint in `output`, if there is one
};

/// Throws UserError naming the option that is out of range, the value met and what is allowed.
void check(const TrainingOptions& options);

}  // namespace dpsbench
