#include <gmock/gmock.h>
#include <torch/csrc/autograd/autograd.h>

#include "core/error.h"
#include "priors/checkpoints/diffusers_config.h"
#include "priors/unet/frozen_unet.h"
#include "priors/unet/unet.h"
#include "tests/message_of.h"
#include "tests/priors/golden_network.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

constexpr double rounding = 1e-5;

GoldenNetwork ddpm() { return golden_network(DPSBENCH_GOLDEN "/diffusers_ddpm_tiny.safetensors"); }

UNetOptions options_of(const GoldenNetwork& golden) {
  return diffusers_options(golden.told.at("config.json"), "config.json");
}

double error_of(const UNetOptions& options, const UNetParameters& parameters, const GoldenNetwork& golden) {
  return relative_error(unet_forward(options, parameters, golden.vectors.at("x"), golden.vectors.at("t")),
                        golden.vectors.at("output"));
}

TEST(DiffusersNetworks, GiveWhatTheirLibraryGave) {
  const auto files = golden_files("diffusers_ddpm");
  ASSERT_FALSE(files.empty());
  for (const auto& file : files) {
    const GoldenNetwork golden = golden_network(file);
    const UNetOptions options = options_of(golden);
    const UNetParameters parameters = parameters_from(options, golden.weights);
    const Tensor& t = golden.vectors.at("t");
    const Tensor& output = golden.vectors.at("output");
    const Tensor& vjp = golden.vectors.at("vjp");

    const Tensor x = golden.vectors.at("x").clone().requires_grad_(true);
    const Tensor plain = unet_forward(options, parameters, x, t);
    const Tensor plain_vjp = torch::autograd::grad({plain}, {x}, {golden.vectors.at("cotangent")})[0];
    const FrozenUNet network(options, parameters);
    Tape tape;
    const Tensor frozen = network.forward(x.detach(), t, &tape);
    const Tensor frozen_vjp = network.pull_back(tape, {golden.vectors.at("cotangent")})[0];
    const std::vector<double> errors{relative_error(plain.detach(), output), relative_error(plain_vjp, vjp),
                                     relative_error(frozen, output), relative_error(frozen_vjp, vjp)};
    RecordProperty(file.stem().string(), fmt::format("{:.2g}", fmt::join(errors, " ")));
    for (const double error : errors) EXPECT_LT(error, rounding) << file;
  }
}

TEST(DiffusersNetworks, FeelEachRuleInWhichTheyDifferFromGuidedDiffusions) {
  const GoldenNetwork golden = ddpm();
  const UNetOptions options = options_of(golden);
  const UNetParameters parameters = parameters_from(options, golden.weights);
  const auto flipped = [&](const std::function<void(UNetOptions&)>& flip) {
    UNetOptions other = options;
    flip(other);
    return error_of(other, parameters, golden);
  };
  EXPECT_LT(flipped([](UNetOptions&) {}), rounding);
  EXPECT_GT(flipped([](UNetOptions& o) { o.sin_first = false; }), 0.1);
  EXPECT_GT(flipped([](UNetOptions& o) { o.freq_shift = 0; }), 0.1);
  EXPECT_GT(flipped([](UNetOptions& o) { o.norm_eps = 1e-5; }), 1e-3);
  EXPECT_GT(flipped([](UNetOptions& o) { o.downsample_padding = 1; }), 0.1);
  EXPECT_GT(flipped([](UNetOptions& o) { o.num_heads = 4; }), 0.1);
  EXPECT_GT(flipped([](UNetOptions& o) { o.norm_num_groups = 4; }), 1e-3);
}

/// Ho's names written out by hand, for the levels and blocks that the tiny network has.
Tensors in_hos_names(const Tensors& weights) {
  const std::vector<std::pair<std::string, std::string>> words{{"time_embedding.linear_1", "temb.dense.0"},
                                                               {"time_embedding.linear_2", "temb.dense.1"},
                                                               {"down_blocks.", "down."},
                                                               {"up_blocks.0", "up.1"},
                                                               {"up_blocks.1", "up.0"},
                                                               {"mid_block.resnets.0", "mid.block_1"},
                                                               {"mid_block.resnets.1", "mid.block_2"},
                                                               {"mid_block.attentions.0", "mid.attn_1"},
                                                               {".resnets.", ".block."},
                                                               {".attentions.", ".attn."},
                                                               {"downsamplers.0.", "downsample."},
                                                               {"upsamplers.0.", "upsample."},
                                                               {"time_emb_proj", "temb_proj"},
                                                               {"conv_shortcut", "nin_shortcut"},
                                                               {"group_norm", "norm"},
                                                               {"to_q", "q"},
                                                               {"to_k", "k"},
                                                               {"to_v", "v"},
                                                               {"to_out.0", "proj_out"},
                                                               {"conv_norm_out", "norm_out"}};
  Tensors renamed;
  for (const auto& [theirs, tensor] : weights) {
    std::string name = theirs;
    const bool attends = name.find("attentions") != std::string::npos;
    for (const auto& [word, hos] : words)
      if (const auto at = name.find(word); at != std::string::npos) name.replace(at, word.size(), hos);
    renamed[name] = attends && tensor.dim() == 2 ? tensor.unsqueeze(-1).unsqueeze(-1) : tensor;
  }
  return renamed;
}

TEST(DiffusersNetworks, AreTheSameByTheNamesOfOldFilesAndByHos) {
  const GoldenNetwork golden = ddpm();
  const UNetOptions options = options_of(golden);
  const UNetParameters parameters = parameters_from(options, golden.weights);
  Tensors old;
  for (const auto& [today_name, tensor] : golden.weights) {
    std::string name = today_name;
    for (const auto& [today, before] : std::vector<std::pair<std::string, std::string>>{
             {"to_q", "query"}, {"to_k", "key"}, {"to_v", "value"}, {"to_out.0", "proj_attn"}})
      if (const auto at = name.find(today); at != std::string::npos) name.replace(at, today.size(), before);
    old["module." + name] = tensor;
  }
  for (const Tensors& renamed : {old, in_hos_names(golden.weights)}) {
    const UNetParameters again = parameters_from(options, renamed);
    ASSERT_EQ(again.size(), parameters.size());
    for (const auto& [name, tensor] : parameters) EXPECT_TRUE(at::equal(again.at(name), tensor)) << name;
  }
}

TEST(DiffusersNetworks, AreNotTakenWithQueriesForKeysOrAnotherNetworksShapes) {
  const GoldenNetwork golden = ddpm();
  const UNetOptions options = options_of(golden);
  Tensors swapped = golden.weights;
  for (const char* leaf : {"weight", "bias"})
    std::swap(swapped[fmt::format("mid_block.attentions.0.to_q.{}", leaf)],
              swapped[fmt::format("mid_block.attentions.0.to_v.{}", leaf)]);
  EXPECT_GT(error_of(options, parameters_from(options, swapped), golden), 1e-2);

  Tensors short_of_one = golden.weights;
  short_of_one.erase("mid_block.attentions.0.to_k.bias");
  short_of_one["class_embedding.weight"] = at::zeros({10, 64});
  short_of_one["conv_out.bias"] = at::zeros({6});
  EXPECT_THAT(message_of<DataError>([&] { (void)parameters_from(options, short_of_one); }),
              testing::AllOf(HasSubstr("mid_block.attentions.0.to_k.bias [32] is missing"),
                             HasSubstr("class_embedding.weight is not a parameter of it"),
                             HasSubstr("conv_out.bias has shape [6], wanted [3]")));
}

TEST(DiffusersConfig, IsReadAsItIs) {
  const UNetOptions options = options_of(ddpm());
  EXPECT_EQ(options.image_size, 32);
  EXPECT_EQ(options.channel_mult, (std::vector<double>{1, 2}));
  EXPECT_EQ(options.attention_resolutions, std::vector<std::int64_t>{16});
  EXPECT_TRUE(options.sin_first);
  EXPECT_EQ(options.downsample_padding, 0);
}

TEST(DiffusersConfig, RefusesWhatThereIsNotHere) {
  const std::string text = ddpm().told.at("config.json");
  const auto refusal = [&](const std::string& found, const std::string& instead) {
    std::string changed = text;
    changed.replace(changed.find(found), found.size(), instead);
    return message_of<DataError>([&] { (void)diffusers_options(changed, "some/config.json"); });
  };
  EXPECT_THAT(refusal("\"silu\"", "\"relu\""), HasSubstr("some/config.json: act_fn is \"relu\"; allowed: \"silu\""));
  EXPECT_THAT(refusal("\"num_class_embeds\": null", "\"num_class_embeds\": 10"),
              HasSubstr("num_class_embeds is 10; allowed: null"));
  EXPECT_THAT(refusal("\"AttnDownBlock2D\"", "\"SkipDownBlock2D\""),
              HasSubstr("allowed: DownBlock2D, AttnDownBlock2D"));
  EXPECT_THAT(refusal("\"AttnUpBlock2D\"", "\"UpBlock2D\""), HasSubstr("mirroring down_block_types"));
  EXPECT_THAT(refusal("\"out_channels\": 3", "\"out_channels\": 4"), HasSubstr("out_channels is 4"));
  EXPECT_THAT(refusal("\"norm_num_groups\": 8", "\"norm_num_groups\": 5"), HasSubstr("is not a multiple of 5"));
  EXPECT_THAT(refusal("\"sample_size\": 32", "\"sample_size\": \"big\""), HasSubstr("sample_size is \"big\""));
  EXPECT_THAT(refusal("\"sample_size\": 32", "\"sample_sized\": 32"), HasSubstr("it has no 'sample_size'"));
  EXPECT_THAT(message_of<DataError>([] { (void)diffusers_options("[1]", "some/config.json"); }),
              HasSubstr("no JSON object"));
}

}  // namespace
}  // namespace dpsbench
