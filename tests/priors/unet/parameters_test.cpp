#include "priors/unet/parameters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <numeric>

#include "core/error.h"

namespace dpsbench {
namespace {

std::int64_t count(const std::vector<ParameterSpec>& specs) {
  std::int64_t total = 0;
  for (const auto& [name, shape] : specs)
    total += std::accumulate(shape.begin(), shape.end(), std::int64_t{1}, std::multiplies<>());
  return total;
}

/// Lines "name<tab>(2, 3)", as Python prints a state dict's shapes.
std::vector<std::string> lines_of(const std::string& file) {
  std::ifstream stream(DPSBENCH_SOURCE_DIR "/tests/priors/statedict/" + file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);)
    if (!line.empty()) lines.push_back(line);
  return lines;
}

std::vector<std::string> lines_of(const std::vector<ParameterSpec>& specs) {
  std::vector<std::string> lines;
  for (const auto& [name, shape] : specs)
    lines.push_back(fmt::format("{}\t({}{})", name, fmt::join(shape, ", "), shape.size() == 1 ? "," : ""));
  return lines;
}

UNetOptions tiny64() {
  UNetOptions options;
  options.image_size = 64;
  options.num_channels = 32;
  options.attention_resolutions = {16};
  options.num_head_channels = 32;
  return options;
}

TEST(UNetParametersList, IsTheStateDictOfThePublicNetworks) {
  EXPECT_EQ(lines_of(unet_parameters(unet_preset("ffhq256"))), lines_of("statedict_ffhq.txt"));
  EXPECT_EQ(lines_of(unet_parameters(unet_preset("imagenet256"))), lines_of("statedict_imagenet.txt"));
  EXPECT_EQ(lines_of(unet_parameters(tiny64())), lines_of("statedict_tiny64.txt"));
}

TEST(UNetParametersList, HasTheKnownNumbersOfParameters) {
  EXPECT_EQ(count(unet_parameters(unet_preset("ffhq256"))), 93'563'910);
  EXPECT_EQ(count(unet_parameters(unet_preset("imagenet256"))), 552'814'086);
  EXPECT_EQ(count(unet_parameters(unet_preset("photo32"))), 985'478);
  EXPECT_EQ(count(unet_parameters(tiny64())), 4'275'750);
}

TEST(UNetParametersList, NamesTheConvolutionsOfANetworkWithoutResamplingBlocks) {
  UNetOptions options = unet_preset("photo32");
  options.resblock_updown = false;
  options.use_scale_shift_norm = false;
  options.learn_sigma = false;
  const std::vector<std::string> lines = lines_of(unet_parameters(options));
  EXPECT_THAT(lines, testing::IsSupersetOf(
                         {"input_blocks.2.0.op.weight\t(32, 32, 3, 3)", "output_blocks.1.2.conv.weight\t(64, 64, 3, 3)",
                          "output_blocks.3.1.conv.bias\t(32,)", "input_blocks.1.0.emb_layers.1.weight\t(32, 128)",
                          "out.2.weight\t(3, 32, 3, 3)"}));
}

TEST(UNetOptionsCheck, NamesTheOptionThatDoesNotFit) {
  const auto refusal = [](const std::function<void(UNetOptions&)>& change) -> std::string {
    UNetOptions options = unet_preset("photo32");
    change(options);
    try {
      (void)checked(options);
    } catch (const UserError& error) {
      return error.what();
    }
    return "accepted";
  };
  using testing::HasSubstr;
  EXPECT_EQ(refusal([](UNetOptions&) {}), "accepted");
  EXPECT_THAT(refusal([](UNetOptions& o) { o.channel_mult.clear(); }), HasSubstr("channel_mult"));
  EXPECT_THAT(refusal([](UNetOptions& o) { o.num_channels = 48; }), HasSubstr("num_channels"));
  EXPECT_THAT(refusal([](UNetOptions& o) { o.image_size = 34; }), HasSubstr("image_size"));
  EXPECT_THAT(refusal([](UNetOptions& o) { o.num_head_channels = 24; }), HasSubstr("num_head_channels"));
  EXPECT_THAT(refusal([](UNetOptions& o) { o.num_head_channels = 0; }), HasSubstr("num_head_channels"));
  EXPECT_THAT(refusal([](UNetOptions& o) { o.attention_resolutions = {0}; }), HasSubstr("attention_resolutions"));
  EXPECT_THAT(refusal([](UNetOptions& o) { o.dropout = 1; }), HasSubstr("dropout"));
  EXPECT_THAT(refusal([](UNetOptions& o) { o.channel_mult = {1, -1}; }), HasSubstr("channel_mult"));
  EXPECT_THAT(refusal([](UNetOptions& o) { o.norm_eps = 0; }), HasSubstr("norm_eps is 0, allowed are above 0 to 1"));
  EXPECT_THAT(refusal([](UNetOptions& o) { o.freq_shift = 2; }), HasSubstr("freq_shift is 2, allowed are 0 to 1"));
  EXPECT_THAT(refusal([](UNetOptions& o) { o.downsample_padding = 2; }), HasSubstr("downsample_padding"));
  EXPECT_THAT(refusal([](UNetOptions& o) { o.norm_num_groups = 24; }), HasSubstr("is not a multiple of 24"));
  EXPECT_THAT(refusal([](UNetOptions& o) { o.norm_group_channels = 3; }), HasSubstr("10 groups of 32 channels"));
  EXPECT_THROW((void)unet_preset("ffhq"), UserError);
}

TEST(UNetOptionsCheck, ReadsListsAsGuidedDiffusionWritesThem) {
  EXPECT_EQ(parse_channel_mult("1,1, 2"), (std::vector<double>{1, 1, 2}));
  EXPECT_EQ(parse_channel_mult("0.5"), std::vector<double>{0.5});
  EXPECT_EQ(parse_channel_mult(""), std::vector<double>{});
  EXPECT_EQ(parse_attention_resolutions("32,16,8"), (std::vector<std::int64_t>{32, 16, 8}));
  for (const char* bad : {"1,", ",1", "a", "1;2", "-1", "0", "nan", "1,,2", " "}) {
    EXPECT_THROW((void)parse_channel_mult(bad), UserError) << bad;
    EXPECT_THROW((void)parse_attention_resolutions(bad), UserError) << bad;
  }
  EXPECT_THROW((void)parse_attention_resolutions("0.5"), UserError);
}

TEST(UNetWeights, OfAnotherNetworkAreRefusedWithTheTensorsThatDiffer) {
  const std::string path = testing::TempDir() + fmt::format("weights_{}.safetensors", ::getpid());
  UNetOptions options = unet_preset("photo32");
  std::map<std::string, Tensor> tensors;
  for (const auto& [name, shape] : unet_parameters(options)) tensors[name] = at::zeros(shape);
  write_safetensors(path, tensors);
  EXPECT_EQ(load_unet_parameters(options, SafetensorsFile(path)).size(), tensors.size());

  tensors.erase("out.2.bias");
  tensors["label_emb.weight"] = at::zeros({1000, 128});
  tensors["out.2.weight"] = at::zeros({3, 32, 3, 3});
  write_safetensors(path, tensors);
  try {
    (void)load_unet_parameters(options, SafetensorsFile(path));
    ADD_FAILURE();
  } catch (const DataError& error) {
    using testing::HasSubstr;
    EXPECT_THAT(error.what(), testing::AllOf(HasSubstr(path), HasSubstr("out.2.bias [6] is missing"),
                                             HasSubstr("out.2.weight has shape [3, 32, 3, 3], wanted [6, 32, 3, 3]"),
                                             HasSubstr("label_emb.weight is not a parameter")));
  }

  write_safetensors(path, {{"x", at::zeros({1})}});
  try {
    (void)load_unet_parameters(options, SafetensorsFile(path));
    ADD_FAILURE();
  } catch (const DataError& error) {
    EXPECT_THAT(error.what(), testing::HasSubstr(fmt::format("and {} more", unet_parameters(options).size() + 1 - 6)));
  }
  std::filesystem::remove(path);
}

}  // namespace
}  // namespace dpsbench
