#include "metrics/parts/feature_network.h"

#include <gmock/gmock.h>
#include <torch/csrc/jit/api/module.h>

#include <filesystem>
#include <fstream>

#include "core/error.h"
#include "tests/message_of.h"

namespace dpsbench {
namespace {

/// A network that answers with each channel's mean, written as a TorchScript file.
std::filesystem::path network_file(const std::string& name, const std::string& source) {
  torch::jit::Module module("features");
  module.define(source);
  const auto file = std::filesystem::path(::testing::TempDir()) / name;
  module.save(file.string());
  return file;
}

TEST(FeatureNetwork, IsGivenColoursFromZeroToTwoHundredFiftyFive) {
  const FeatureNetwork network(network_file("means.pt", "def forward(self, x):\n  return x.mean([2, 3])\n"), at::kCPU);
  const Tensor grey = at::full({2, 1, 4, 4}, 0.5, at::kDouble);
  EXPECT_TRUE(network.features(grey).equal(at::full({2, 3}, 128.0, at::kDouble)));  // 127.5 to even
}

TEST(FeatureNetwork, IsAskedForItsFeaturesWhereItHasAnswersOfOtherKinds) {
  const FeatureNetwork network(
      network_file("choice.pt",
                   "def forward(self, x, return_features: bool = False):\n"
                   "  out = x.flatten(1)\n  if return_features:\n    out = x.mean([2, 3])\n  return out\n"),
      at::kCPU);
  EXPECT_EQ(network.features(at::zeros({2, 3, 5, 5}, at::kDouble)).sizes(), (std::vector<std::int64_t>{2, 3}));
}

TEST(FeatureNetwork, NamesAFileThatIsNone) {
  const auto file = std::filesystem::path(::testing::TempDir()) / "no_network.pt";
  std::ofstream(file) << "not TorchScript";
  const auto load = [&](const std::filesystem::path& which) { FeatureNetwork(which, at::kCPU); };
  EXPECT_THAT(message_of<DataError>([&] { load(file); }), ::testing::HasSubstr("no_network.pt"));
  EXPECT_THAT(message_of<DataError>([&] { load(file.string() + ".absent"); }), ::testing::HasSubstr("absent"));
}

TEST(FeatureNetwork, SaysWhatIsWrongWithAnswersThatAreNoFeatures) {
  const FeatureNetwork network(network_file("maps.pt", "def forward(self, x):\n  return x\n"), at::kCPU);
  EXPECT_THAT(message_of<DataError>([&] {
                std::ignore = network.features(at::zeros({1, 3, 4, 4}, at::kDouble));
              }),
              ::testing::HasSubstr("maps.pt: the network answers [1, 3, 4, 4]"));
}

}  // namespace
}  // namespace dpsbench
