#include "training/autoencoder.h"

#include <gtest/gtest.h>

#include "core/error.h"
#include "priors/autoencoder/network_autoencoder.h"
#include "tests/training/tiny_training.h"
#include "training/train.h"

namespace dpsbench {
namespace {

/// A few hundred steps on five slopes: their error falls by a factor, and the file is an autoencoder that has it.
TEST(AutoencoderTraining, MakesAnAutoencoderOfWhatItIsShown) {
  const test::Folder folder;
  const TrainingOptions images = test::tiny_training(folder);
  AutoencoderTraining training;
  training.network = autoencoder_preset("kl-f8");
  training.network.image_size = 8;
  training.network.num_channels = 32;
  training.network.channel_mult = {1, 1};
  training.network.num_res_blocks = 1;
  training.network.latent_channels = 2;
  training.data = images.data;
  training.crops.flips = false;
  training.output = folder / "autoencoder";
  training.steps = 300;
  training.batch = 8;
  training.learning_rate = 3e-3;
  training.average_decay = 0.9;
  std::vector<double> errors;
  EXPECT_TRUE(train_autoencoder(training, [&](const AutoencoderProgress& now) {
    errors.push_back(now.absolute_error);
    return true;
  }));
  ASSERT_EQ(errors.size(), 6u);
  EXPECT_LT(errors.back(), errors.front() / 3);
  const SafetensorsFile file((folder / "autoencoder" / "weights.safetensors").string());
  const NetworkAutoencoder autoencoder(training.network, autoencoder_parameters(training.network, file), at::kFloat);
  const Tensor slope = (at::linspace(-1, 1, 8) * 0.6).expand({1, 3, 8, 8}).contiguous();
  const Tensor z = autoencoder.encode(slope, Gradient::none).value;
  EXPECT_EQ(z.sizes(), (std::vector<std::int64_t>{1, 2, 4, 4}));
  EXPECT_LT((autoencoder.decode(z, Gradient::none).value - slope).abs().mean().item<double>(), errors.front() / 3);

  TrainingOptions latents = images;  // a network of its latents, whose sample pictures are decoded
  latents.autoencoder = std::make_shared<NetworkAutoencoder>(
      training.network, autoencoder_parameters(training.network, file), at::kFloat);
  latents.network.image_size = 4;
  latents.network.in_channels = 2;
  latents.steps = latents.sample_every = 2;
  latents.sample_steps = 3;
  EXPECT_TRUE(train(latents, [](const TrainingProgress&) { return true; }));
  EXPECT_EQ(load_unet_parameters(latents.network, SafetensorsFile((latents.output / "weights.safetensors").string()))
                .at("input_blocks.0.0.weight")
                .size(1),
            2);
  EXPECT_EQ(read_image(latents.output / "samples-000002.png").size(0), 3);
  latents.output = folder / "other";
  latents.network.in_channels = 3;
  EXPECT_THROW(train(latents, [](const TrainingProgress&) { return true; }), UserError);
}

TEST(AutoencoderTraining, RefusesCodes) {
  AutoencoderTraining training;
  EXPECT_THROW(std::ignore = train_autoencoder(training, [](const AutoencoderProgress&) { return true; }), UserError);
}

}  // namespace
}  // namespace dpsbench
