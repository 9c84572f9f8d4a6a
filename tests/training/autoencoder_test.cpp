#include "training/autoencoder.h"

#include <gmock/gmock.h>

#include <cmath>

#include "core/error.h"
#include "priors/autoencoder/network_autoencoder.h"
#include "tests/message_of.h"
#include "tests/training/tiny_training.h"
#include "training/train.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

/// A training of a small one on five slopes.
AutoencoderTraining slopes_training(const test::Folder& folder) {
  AutoencoderTraining training;
  training.network = autoencoder_preset("kl-f8");
  training.network.image_size = 8;
  training.network.num_channels = 32;
  training.network.channel_mult = {1, 1};
  training.network.num_res_blocks = 1;
  training.network.latent_channels = 2;
  training.data = test::tiny_training(folder).data;
  training.crops.flips = false;
  training.output = folder / "autoencoder";
  training.steps = 300;
  training.batch = 8;
  training.learning_rate = 3e-3;
  training.average_decay = 0.9;
  return training;
}

const std::function<bool(const AutoencoderProgress&)> kKeepsOn = [](const AutoencoderProgress&) { return true; };

/// A few hundred steps on five slopes: their error falls by a factor, and the file is an autoencoder that has it.
TEST(AutoencoderTraining, MakesAnAutoencoderOfWhatItIsShown) {
  const test::Folder folder;
  const TrainingOptions images = test::tiny_training(folder);
  const AutoencoderTraining training = slopes_training(folder);
  std::vector<double> errors;
  const auto quality = train_autoencoder(training, [&](const AutoencoderProgress& now) {
    errors.push_back(now.absolute_error);
    return true;
  });
  ASSERT_EQ(errors.size(), 6u);
  EXPECT_LT(errors.back(), errors.front() / 3);
  const SafetensorsFile file((folder / "autoencoder" / "weights.safetensors").string());
  const NetworkAutoencoder autoencoder(training.network, autoencoder_parameters(training.network, file), at::kFloat);
  const Tensor slope = (at::linspace(-1, 1, 8) * 0.6).expand({1, 3, 8, 8}).contiguous();
  const Tensor z = autoencoder.encode(slope, Gradient::none).value;
  EXPECT_EQ(z.sizes(), (std::vector<std::int64_t>{1, 2, 4, 4}));
  EXPECT_LT((autoencoder.decode(z, Gradient::none).value - slope).abs().mean().item<double>(), errors.front() / 3);

  ASSERT_TRUE(quality);  // the file's weights, on the five slopes alike
  double decibels = 0;
  double square = 0;
  for (int k = 0; k < 5; ++k) {
    const Tensor x = read_image(images.data.path / (std::to_string(k) + ".png")).unsqueeze(0);
    const Tensor latent = autoencoder.encode(x, Gradient::none).value;
    const Tensor error = autoencoder.decode(latent, Gradient::none).value.clamp(-1, 1) - x;
    decibels += -10 * std::log10(error.square().mean().item<double>() / 4);
    square += latent.square().mean().item<double>();
  }
  EXPECT_NEAR(quality->psnr, decibels / 5, 0.5);  // 256 examples: the first slope has one more than the others
  EXPECT_NEAR(quality->latent_scale, 1 / std::sqrt(square / 5), 0.01 * quality->latent_scale);

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

TEST(AutoencoderTraining, StoppedAndResumedIsBitForBitTheUnbrokenOne) {
  const test::Folder folder;
  AutoencoderTraining unbroken = slopes_training(folder);
  unbroken.steps = 6;
  unbroken.checkpoint_every = 2;
  ASSERT_TRUE(train_autoencoder(unbroken, kKeepsOn));
  AutoencoderTraining broken = unbroken;
  broken.output = folder / "broken";
  EXPECT_FALSE(train_autoencoder(broken, [](const AutoencoderProgress& now) { return now.step < 4; }));
  EXPECT_THAT(message_of<UserError>([&] { std::ignore = train_autoencoder(broken, kKeepsOn); }), HasSubstr("resume"));
  broken.resume = true;
  EXPECT_TRUE(train_autoencoder(broken, kKeepsOn));
  for (const char* file : {"checkpoint.safetensors", "weights.safetensors"})
    EXPECT_EQ(read_file(unbroken.output / file), read_file(broken.output / file)) << file;

  broken.kl_weight = 1;
  EXPECT_THAT(message_of<UserError>([&] { std::ignore = train_autoencoder(broken, kKeepsOn); }),
              HasSubstr("kl_weight"));
}

TEST(AutoencoderTraining, JudgesHeldOutImages) {
  const test::Folder folder;
  AutoencoderTraining training = slopes_training(folder);
  training.steps = 2;
  const auto of_slopes = train_autoencoder(training, kKeepsOn);
  std::filesystem::create_directories(folder / "others");
  write_png(folder / "others" / "white.png", at::ones({3, 8, 8}));
  training.held_out = folder / "others";
  training.output = folder / "judged";
  const auto of_white = train_autoencoder(training, kKeepsOn);
  EXPECT_LT(of_white->psnr, of_slopes->psnr - 3);  // it has hardly moved from 0, where slopes are near
  EXPECT_EQ(of_white->latent_scale, of_slopes->latent_scale);
}

/// A network of one autoencoder's latents does not go on with those of another.
TEST(AutoencoderTraining, IsKnownToTheTrainingOfItsLatents) {
  const test::Folder folder;
  AutoencoderTraining training = slopes_training(folder);
  training.steps = 1;
  ASSERT_TRUE(train_autoencoder(training, kKeepsOn));
  TrainingOptions latents = test::tiny_training(folder);
  latents.autoencoder = std::make_shared<NetworkAutoencoder>(
      training.network,
      autoencoder_parameters(training.network, SafetensorsFile((training.output / "weights.safetensors").string())),
      at::kFloat);
  latents.autoencoder_identity = "one";
  latents.network.image_size = 4;
  latents.network.in_channels = 2;
  latents.steps = 2;
  const TrainingCallback stop = [](const TrainingProgress&) { return false; };
  EXPECT_FALSE(train(latents, stop));
  latents.resume = true;
  latents.autoencoder_identity = "another";
  EXPECT_THAT(message_of<UserError>([&] { train(latents, stop); }),
              testing::AllOf(HasSubstr("autoencoder one"), HasSubstr("another")));
}

TEST(AutoencoderTraining, OptionsOutOfRangeAreTheUsersMistake) {
  const test::Folder folder;
  const auto message = [&](const std::function<void(AutoencoderTraining&)>& change) {
    AutoencoderTraining training = slopes_training(folder);
    change(training);
    return message_of<UserError>([&] { std::ignore = train_autoencoder(training, kKeepsOn); });
  };
  EXPECT_THAT(message([](auto& training) { training.learning_rate = 0; }), HasSubstr("learning_rate is 0; allowed"));
  EXPECT_THAT(message([](auto& training) { training.kl_weight = -1; }), HasSubstr("kl_weight is -1; allowed: 0"));
  EXPECT_THAT(message([](auto& training) { training.average_decay = 1; }), HasSubstr("average_decay"));
  EXPECT_THAT(message([](auto& training) { training.steps = 0; }), HasSubstr("steps"));
}

TEST(AutoencoderTraining, RefusesCodes) {
  AutoencoderTraining training;
  EXPECT_THROW(std::ignore = train_autoencoder(training, kKeepsOn), UserError);
}

}  // namespace
}  // namespace dpsbench
