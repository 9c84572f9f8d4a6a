#include <gmock/gmock.h>

#include "core/error.h"
#include "priors/unet/unet.h"
#include "tests/message_of.h"
#include "tests/training/tiny_training.h"
#include "training/state.h"

namespace dpsbench {
namespace {

using test::Folder;
using test::tiny_network;
using testing::HasSubstr;

const TensorOptions kFloats = at::TensorOptions(at::kFloat);

TEST(TrainingState, StartsWithANetworkThatPredictsZero) {
  const TrainingState state = initial_state(tiny_network(), 0, kFloats);
  EXPECT_EQ(state.step, 0);
  EXPECT_EQ(state.parameters.size(), unet_parameters(tiny_network()).size());
  const Tensor x = at::sin(at::arange(192, at::kFloat)).reshape({1, 3, 8, 8});
  EXPECT_EQ(unet_forward(tiny_network(), state.parameters, x, at::full({1}, 3.0)).abs().max().item<float>(), 0);
}

TEST(TrainingState, LayersStartUniformWithinTheInverseRootOfTheirFanIn) {
  const TrainingState state = initial_state(tiny_network(), 0, kFloats);
  const Tensor weight = state.parameters.at("input_blocks.1.0.in_layers.2.weight");  // [32, 32, 3, 3]
  const double bound = 1 / std::sqrt(32.0 * 9);
  EXPECT_LE(weight.abs().max().item<double>(), bound);
  EXPECT_NEAR(weight.std().item<double>(), bound / std::sqrt(3.0), 0.02 * bound);
  EXPECT_NEAR(weight.mean().item<double>(), 0, 0.02 * bound);
  const Tensor bias = state.parameters.at("input_blocks.1.0.in_layers.2.bias");
  EXPECT_LE(bias.abs().max().item<double>(), bound);
  EXPECT_GT(bias.abs().max().item<double>(), 0.5 * bound);
  EXPECT_TRUE((state.parameters.at("input_blocks.1.0.in_layers.0.weight") == 1).all().item<bool>());
  EXPECT_TRUE((state.parameters.at("input_blocks.1.0.in_layers.0.bias") == 0).all().item<bool>());
}

TEST(TrainingState, DependsOnTheSeedOnly) {
  const std::string name = "time_embed.0.weight";
  const Tensor first = initial_state(tiny_network(), 5, kFloats).parameters.at(name);
  EXPECT_TRUE(at::equal(first, initial_state(tiny_network(), 5, kFloats).parameters.at(name)));
  EXPECT_FALSE(at::equal(first, initial_state(tiny_network(), 6, kFloats).parameters.at(name)));
}

TEST(Checkpoint, HoldsTheWholeState) {
  const Folder folder;
  TrainingState state = initial_state(tiny_network(), 1, kFloats);
  state.step = 42;
  const std::string name = "out.2.bias";
  state.parameters[name].fill_(1);
  state.average[name].fill_(2);
  state.first_moment[name].fill_(3);
  state.second_moment[name].fill_(4);
  save_checkpoint(folder / "c.safetensors", state, {{"batch", "32"}});
  const TrainingState met = load_checkpoint(folder / "c.safetensors", tiny_network(), {{"batch", "32"}}, kFloats);
  EXPECT_EQ(met.step, 42);
  EXPECT_EQ(met.parameters.at(name)[0].item<float>(), 1);
  EXPECT_EQ(met.average.at(name)[0].item<float>(), 2);
  EXPECT_EQ(met.first_moment.at(name)[0].item<float>(), 3);
  EXPECT_EQ(met.second_moment.at(name)[0].item<float>(), 4);
  for (const auto& [key, tensor] : state.parameters) EXPECT_TRUE(at::equal(tensor, met.parameters.at(key))) << key;
}

TEST(Checkpoint, OtherSettingsOtherNetworksAndOtherFilesAreRefused) {
  const Folder folder;
  const std::filesystem::path file = folder / "c.safetensors";
  save_checkpoint(file, initial_state(tiny_network(), 1, kFloats), {{"batch", "32"}});
  EXPECT_THAT(message_of<UserError>([&] {
                (void)load_checkpoint(file, tiny_network(), {{"batch", "16"}}, kFloats);
              }),
              testing::AllOf(HasSubstr("c.safetensors"), HasSubstr("batch 32"), HasSubstr("is 16")));
  UNetOptions wider = tiny_network();
  wider.num_channels = 64;
  EXPECT_THROW(load_checkpoint(file, wider, {}, kFloats), DataError);
  write_safetensors(file.string(), {{"x", at::zeros({1})}});
  EXPECT_THAT(message_of<DataError>([&] { (void)load_checkpoint(file, tiny_network(), {}, kFloats); }),
              HasSubstr("not a checkpoint"));
}

}  // namespace
}  // namespace dpsbench
