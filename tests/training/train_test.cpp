#include "training/train.h"

#include <gmock/gmock.h>

#include "core/error.h"
#include "priors/unet/prior.h"
#include "tests/message_of.h"
#include "tests/training/tiny_training.h"

namespace dpsbench {
namespace {

using test::Folder;
using test::tiny_training;
using testing::HasSubstr;

const TrainingCallback kGoOn = [](const TrainingProgress&) { return true; };

/// Stops a training after this many steps.
TrainingCallback stop_after(std::int64_t steps) {
  return [steps](const TrainingProgress& progress) { return progress.step < steps; };
}

TEST(Training, LossFalls) {
  const Folder folder;
  TrainingOptions options = tiny_training(folder);
  options.steps = 80;
  options.report_every = 20;
  std::vector<double> losses;
  EXPECT_TRUE(train(options, [&](const TrainingProgress& progress) {
    losses.push_back(progress.loss);
    EXPECT_EQ(progress.steps, 80);
    EXPECT_GT(progress.images_per_second, 0);
    return true;
  }));
  ASSERT_EQ(losses.size(), 4u);
  // a network that predicts zero has a simple loss of 1
  EXPECT_GT(losses.front(), 0.5);
  EXPECT_LT(losses.back(), 0.5 * losses.front());
}

class EveryNoise : public testing::TestWithParam<TrainingNoise> {};
INSTANTIATE_TEST_SUITE_P(Training, EveryNoise,
                         testing::Values(TrainingNoise::schedule, TrainingNoise::per_pixel, TrainingNoise::constant));

TEST_P(EveryNoise, ResumedIsBitForBitTheUnbrokenOne) {
  const Folder folder;
  TrainingOptions unbroken = tiny_training(folder);
  unbroken.noise = GetParam();
  unbroken.network.noise_map = unbroken.noise != TrainingNoise::schedule;
  unbroken.network.dropout = 0.1;
  EXPECT_TRUE(train(unbroken, kGoOn));
  TrainingOptions broken = unbroken;
  broken.output = folder / "broken";
  EXPECT_FALSE(train(broken, stop_after(3)));
  broken.resume = true;
  EXPECT_TRUE(train(broken, kGoOn));

  for (const char* file : {"checkpoint.safetensors", "weights.safetensors"})
    EXPECT_EQ(read_file(unbroken.output / file), read_file(broken.output / file)) << file;
}

TEST(Training, OtherSeedsGiveOtherNetworks) {
  const Folder folder;
  TrainingOptions options = tiny_training(folder);
  options.steps = 1;
  train(options, kGoOn);
  TrainingOptions other = options;
  other.seed = 1;
  other.output = folder / "other";
  train(other, kGoOn);
  EXPECT_NE(read_file(options.output / "weights.safetensors"), read_file(other.output / "weights.safetensors"));
}

TEST(Training, LeavesWeightsThatMakeAPriorAndSamplePictures) {
  const Folder folder;
  TrainingOptions options = tiny_training(folder);
  options.steps = 2;
  options.sample_every = 2;
  options.sample_steps = 3;
  train(options, kGoOn);
  const SafetensorsFile file((options.output / "weights.safetensors").string());
  EXPECT_EQ(file.metadata().at("num_channels"), "32");
  EXPECT_EQ(file.metadata().at("channel_mult"), "1");
  const UNetPrior prior(options.network, load_unet_parameters(options.network, file), at::kFloat);
  const Evaluation evaluation = prior.evaluate(at::zeros({1, 3, 8, 8}), {0.5, 250}, Gradient::none);
  EXPECT_EQ(evaluation.eps.sizes(), (std::vector<std::int64_t>{1, 3, 8, 8}));
  EXPECT_GT(read_image(options.output / "samples-000002.png").size(2), 8 * 100);
}

TEST(Training, StartsFromTheWeightsOfAnother) {
  const Folder folder;
  TrainingOptions first = tiny_training(folder);
  train(first, kGoOn);
  TrainingOptions second = first;
  second.start_from = first.output / "weights.safetensors";
  second.output = folder / "second";
  second.learning_rate = 1e-30;  // so small a step moves no weight
  train(second, kGoOn);
  const auto weights_of = [&](const TrainingOptions& options) {
    return load_unet_parameters(options.network, SafetensorsFile((options.output / "weights.safetensors").string()));
  };
  const UNetParameters before = weights_of(first);
  for (const auto& [name, weight] : weights_of(second))
    EXPECT_TRUE(at::allclose(weight, before.at(name), 1e-6, 0)) << name;

  second.resume = true;
  second.start_from = second.output / "weights.safetensors";
  EXPECT_THAT(message_of<UserError>([&] { train(second, kGoOn); }), HasSubstr("start_from"));
  second.network.channel_mult = {1, 2};
  second.output = folder / "third";
  EXPECT_THROW(train(second, kGoOn), DataError);
}

TEST(Training, NeverOverwritesATrainingUnasked) {
  const Folder folder;
  TrainingOptions options = tiny_training(folder);
  options.steps = 1;
  train(options, kGoOn);
  EXPECT_THAT(message_of<UserError>([&] { train(options, kGoOn); }), HasSubstr("resume"));
  options.resume = true;
  EXPECT_TRUE(train(options, kGoOn)) << "nothing is left to do";
  options.batch = 4;
  EXPECT_THAT(message_of<UserError>([&] { train(options, kGoOn); }), HasSubstr("batch 8, but now it is 4"));
}

TEST(Training, NumbersThatAreNotFiniteStopIt) {
  const Folder folder;
  TrainingOptions options = tiny_training(folder);
  options.learning_rate = 1e30;
  options.warm_up = 0;
  EXPECT_THAT(message_of<NumericError>([&] { train(options, kGoOn); }), HasSubstr("not finite"));
  EXPECT_FALSE(std::filesystem::exists(options.output / "checkpoint.safetensors"));
}

TEST(Training, OptionsOutOfRangeAreTheUsersMistake) {
  const Folder folder;
  const auto message = [&](const std::function<void(TrainingOptions&)>& change) {
    TrainingOptions options = tiny_training(folder);
    change(options);
    return message_of<UserError>([&] { train(options, kGoOn); });
  };
  EXPECT_THAT(message([](auto& o) { o.steps = 0; }), HasSubstr("steps is 0"));
  EXPECT_THAT(message([](auto& o) { o.batch = 0; }), HasSubstr("batch"));
  EXPECT_THAT(message([](auto& o) { o.average_decay = 1; }), HasSubstr("average_decay is 1"));
  EXPECT_THAT(message([](auto& o) { o.noise = TrainingNoise::per_pixel; }), HasSubstr("noise_map is false"));
  EXPECT_THAT(message([](auto& o) { o.network.noise_map = true; }), HasSubstr("noise_map is true"));
  EXPECT_THAT(message([](auto& o) { o.device = "tpu"; }), HasSubstr("device is 'tpu'"));
  EXPECT_THAT(message([](auto& o) { o.crops = {true, 4, 64, true}; }), HasSubstr("shortest_side is 4"));
  EXPECT_THAT(message([](auto& o) { o.network.num_channels = 7; }), HasSubstr("num_channels"));
  EXPECT_THAT(message([](auto& o) { o.data.path = "/dev/null/images"; }), HasSubstr("/dev/null/images"));
}

}  // namespace
}  // namespace dpsbench
