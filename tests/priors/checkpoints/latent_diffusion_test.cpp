#include <gmock/gmock.h>
#include <torch/csrc/autograd/autograd.h>

#include "core/error.h"
#include "core/noise_schedule.h"
#include "priors/unet/frozen_unet.h"
#include "priors/unet/unet.h"
#include "tests/message_of.h"
#include "tests/priors/golden_network.h"

namespace dpsbench {
namespace {

using testing::HasSubstr;

constexpr double as_there = 1e-5;

/// FFHQ's network, made small.
UNetOptions additive_options() {
  UNetOptions options;
  options.image_size = 16;
  options.num_channels = 32;
  options.channel_mult = {1, 2};
  options.attention_resolutions = {8};
  options.num_head_channels = 16;
  options.use_scale_shift_norm = false;
  options.resblock_updown = false;
  options.learn_sigma = false;
  return options;
}

/// Stable Diffusion's, made small, but for its time, which scales and shifts.
UNetOptions told_options() {
  UNetOptions options = additive_options();
  options.in_channels = 4;
  options.channel_mult = {1, 1};
  options.attention_resolutions = {16, 8};
  options.num_heads = 2;
  options.num_head_channels = -1;
  options.use_scale_shift_norm = true;
  options.context_dim = 16;
  options.context_tokens = 7;
  return options;
}

GoldenNetwork additive_network() { return golden_network(DPSBENCH_GOLDEN "/ldm_unet_tiny.safetensors"); }

GoldenNetwork told_network() {
  GoldenNetwork golden = golden_network(DPSBENCH_GOLDEN "/ldm_unet_cross_tiny.safetensors");
  golden.weights["context"] = golden.vectors.at("context")[0];
  return golden;
}

void expect_met(const GoldenNetwork& golden, const UNetOptions& options) {
  const UNetParameters parameters = parameters_from(options, golden.weights);
  const Tensors& io = golden.vectors;
  const Tensor x = io.at("x").clone().requires_grad_(true);
  const Tensor plain = unet_forward(options, parameters, x, io.at("t"));
  const Tensor plain_vjp = torch::autograd::grad({plain}, {x}, {io.at("cotangent")})[0];
  const FrozenUNet network(options, parameters);
  Tape tape;
  const Tensor frozen = network.forward(x.detach(), io.at("t"), &tape);
  const Tensor frozen_vjp = network.pull_back(tape, {io.at("cotangent")})[0];
  EXPECT_TRUE(tape.empty());
  const std::vector<double> errors{relative_error(plain.detach(), io.at("output")),
                                   relative_error(plain_vjp, io.at("vjp")), relative_error(frozen, io.at("output")),
                                   relative_error(frozen_vjp, io.at("vjp"))};
  testing::Test::RecordProperty("errors", fmt::format("{:.2g}", fmt::join(errors, " ")));
  for (const double error : errors) EXPECT_LT(error, as_there);
}

TEST(LatentDiffusionNetworks, GiveWhatTheirLibraryGave) { expect_met(additive_network(), additive_options()); }

TEST(LatentDiffusionNetworks, GiveWhatTheirLibraryGaveWhereTheyAreToldAContext) {
  expect_met(told_network(), told_options());
}

TEST(LatentDiffusionNetworks, FeelEachRuleOfTheirTransformers) {
  const GoldenNetwork golden = told_network();
  const UNetParameters parameters = parameters_from(told_options(), golden.weights);
  const auto error_of = [&](const UNetOptions& options, const UNetParameters& used) {
    return relative_error(FrozenUNet(options, used).forward(golden.vectors.at("x"), golden.vectors.at("t"), nullptr),
                          golden.vectors.at("output"));
  };
  constexpr double felt = 1e-4;  // ten times what is allowed
  UNetOptions options = told_options();
  options.num_heads = 4;
  EXPECT_GT(error_of(options, parameters), felt);
  options = told_options();
  options.norm_eps = 1e-6;  // the residual blocks'
  EXPECT_GT(error_of(options, parameters), felt);
  const auto changed = [&](const std::string& ending, const std::function<Tensor(const Tensor&)>& change) {
    UNetParameters other = parameters;
    for (auto& [name, tensor] : other)
      if (name.ends_with(ending)) tensor = change(tensor);
    return error_of(told_options(), other);
  };
  const auto exchanged = [](const Tensor& halves) { return halves.roll(halves.size(0) / 2, 0); };
  EXPECT_GT(changed("ff.net.0.proj.weight", exchanged), felt);  // which half is the gate
  EXPECT_GT(changed("context", [](const Tensor& context) { return context * 0; }), felt);
  EXPECT_LT(changed("context", [](const Tensor& context) { return context.flip(0); }), as_there);  // a set of tokens
}

TEST(LatentDiffusionNetworks, TreatImagesAloneAndCotangentsTogether) {
  const GoldenNetwork golden = told_network();
  const Tensors& io = golden.vectors;
  const FrozenUNet network(told_options(), parameters_from(told_options(), golden.weights));
  Tape tape;
  const Tensor both = network.forward(io.at("x"), io.at("t"), &tape);
  const Tensor& c = io.at("cotangent");
  const std::vector<Tensor> gradients = network.pull_back(tape, {c, c.flip(3)});
  for (std::int64_t image = 0; image < 2; ++image) {
    Tape own;
    const auto of_image = [&](const Tensor& x) { return x.narrow(0, image, 1); };
    EXPECT_TRUE(at::equal(network.forward(of_image(io.at("x")), of_image(io.at("t")), &own)[0], both[image]));
    const std::vector<Tensor> alone = network.pull_back(own, {of_image(c), of_image(c.flip(3))});
    for (const std::size_t k : {0, 1}) EXPECT_TRUE(at::equal(alone[k][0], gradients[k][image])) << k;
  }
}

TEST(LatentDiffusionNetworks, ComputeInBfloat16) {
  const GoldenNetwork golden = told_network();
  const UNetParameters parameters = with_bfloat16_torso(parameters_from(told_options(), golden.weights));
  EXPECT_EQ(parameters.at("context").scalar_type(), at::kFloat);
  EXPECT_EQ(parameters.at("middle_block.1.transformer_blocks.0.norm1.weight").scalar_type(), at::kFloat);
  EXPECT_EQ(parameters.at("middle_block.1.transformer_blocks.0.attn2.to_k.weight").scalar_type(), at::kBFloat16);
  const FrozenUNet network(told_options(), parameters, Torso::bfloat16);
  Tape tape;
  const Tensor output = network.forward(golden.vectors.at("x"), golden.vectors.at("t"), &tape);
  EXPECT_LT(distance(output, golden.vectors.at("output")), 0.03);
  EXPECT_LT(distance(network.pull_back(tape, {golden.vectors.at("cotangent")})[0], golden.vectors.at("vjp")), 0.05);
}

TEST(LatentDiffusionNetworks, AreFoundInAWholeModelWithTheirAverages) {
  const GoldenNetwork golden = additive_network();
  const UNetParameters plain = parameters_from(additive_options(), golden.weights);
  Tensors whole = golden.weights;
  whole["betas"] = at::zeros({3});
  whole["first_stage_model.encoder.conv_in.weight"] = at::zeros({3, 3, 3, 3});
  EXPECT_EQ(parameters_from(additive_options(), whole).size(), plain.size());
  const std::string before = "model.";
  for (const auto& [name, tensor] : golden.weights) {
    std::string undotted = name.substr(before.size());
    std::erase(undotted, '.');
    whole["model_ema." + undotted] = tensor * 2;
  }
  whole["model_ema.decay"] = at::zeros({1});
  EXPECT_TRUE(whole.contains("model_ema.diffusion_modelinput_blocks00weight"));
  const UNetParameters average = parameters_from(additive_options(), whole);
  for (const auto& [name, tensor] : plain) EXPECT_TRUE(at::equal(average.at(name), tensor * 2)) << name;
  whole.erase("model_ema.diffusion_modelout2bias");
  EXPECT_THAT(message_of<DataError>([&] { (void)parameters_from(additive_options(), whole); }),
              HasSubstr("model_ema.diffusion_modelout2bias [3] is missing"));
}

TEST(LatentDiffusionNetworks, NeedTheirContext) {
  GoldenNetwork golden = told_network();
  golden.weights.erase("context");
  EXPECT_THAT(message_of<DataError>([&] { (void)parameters_from(told_options(), golden.weights); }),
              HasSubstr("context [7, 16] is missing"));
}

/// diffusers' names written out by hand, for the levels and blocks that the tiny network has.
std::string in_diffusers(const std::string& name) {
  static const std::vector<std::pair<std::string, std::string>> words{
      {"model.diffusion_model.", ""},
      {"input_blocks.0.0", "conv_in"},
      {"input_blocks.1.0", "down_blocks.0.resnets.0"},
      {"input_blocks.1.1", "down_blocks.0.attentions.0"},
      {"input_blocks.2.0.op", "down_blocks.0.downsamplers.0.conv"},
      {"input_blocks.3.0", "down_blocks.1.resnets.0"},
      {"input_blocks.3.1", "down_blocks.1.attentions.0"},
      {"middle_block.0", "mid_block.resnets.0"},
      {"middle_block.1", "mid_block.attentions.0"},
      {"middle_block.2", "mid_block.resnets.1"},
      {"output_blocks.0.0", "up_blocks.0.resnets.0"},
      {"output_blocks.0.1", "up_blocks.0.attentions.0"},
      {"output_blocks.1.0", "up_blocks.0.resnets.1"},
      {"output_blocks.1.1", "up_blocks.0.attentions.1"},
      {"output_blocks.1.2.conv", "up_blocks.0.upsamplers.0.conv"},
      {"output_blocks.2.0", "up_blocks.1.resnets.0"},
      {"output_blocks.2.1", "up_blocks.1.attentions.0"},
      {"output_blocks.3.0", "up_blocks.1.resnets.1"},
      {"output_blocks.3.1", "up_blocks.1.attentions.1"},
      {"time_embed.0", "time_embedding.linear_1"},
      {"time_embed.2", "time_embedding.linear_2"},
      {"in_layers.0", "norm1"},
      {"in_layers.2", "conv1"},
      {"emb_layers.1", "time_emb_proj"},
      {"out_layers.0", "norm2"},
      {"out_layers.3", "conv2"},
      {"skip_connection", "conv_shortcut"}};
  std::string other = name;
  if (name.starts_with("model.diffusion_model.out.0")) return "conv_norm_out" + name.substr(name.rfind('.'));
  if (name.starts_with("model.diffusion_model.out.2")) return "conv_out" + name.substr(name.rfind('.'));
  for (const auto& [theirs, diffusers] : words)
    if (const auto at = other.find(theirs); at != std::string::npos) other.replace(at, theirs.size(), diffusers);
  return other;
}

TEST(LatentDiffusionNetworks, AreTheSameByDiffusersNames) {
  const GoldenNetwork golden = told_network();
  Tensors renamed;
  for (const auto& [name, tensor] : golden.weights) renamed[in_diffusers(name)] = tensor;
  EXPECT_TRUE(renamed.contains("up_blocks.1.attentions.0.transformer_blocks.0.attn2.to_k.weight"));
  const UNetParameters parameters = parameters_from(told_options(), golden.weights);
  const UNetParameters again = parameters_from(told_options(), renamed);
  for (const auto& [name, tensor] : parameters) EXPECT_TRUE(at::equal(again.at(name), tensor)) << name;
}

TEST(LatentDiffusionNetworks, HaveTheSchedulesOfTheirTraining) {
  const auto expect_schedule = [](const Tensors& io, const NoiseSchedule& schedule) {
    const Tensor& betas = io.at("betas");
    const Tensor& alphas = io.at("alphas_cumprod");
    ASSERT_EQ(betas.size(0), schedule.steps());
    for (std::int64_t i = 0; i < schedule.steps(); ++i) {
      EXPECT_NEAR(schedule.beta(i) / betas[i].item<double>(), 1, 1e-6) << i;  // single precision, in their files
      EXPECT_NEAR(schedule.alpha_bar(i) / alphas[i].item<double>(), 1, 1e-6) << i;
    }
  };
  expect_schedule(additive_network().vectors, NoiseSchedule::scaled_linear(1000, 0.0015, 0.0195));
  expect_schedule(told_network().vectors, NoiseSchedule::scaled_linear(1000, 0.00085, 0.012));
}

TEST(LatentDiffusionNetworks, HaveTheParametersOfTheirNames) {
  const auto count = [](const UNetOptions& options) {
    std::int64_t numbers = 0;
    for (const auto& [name, shape] : unet_parameters(options)) {
      std::int64_t size = name == "context" ? 0 : 1;
      for (const std::int64_t side : shape) size *= side;
      numbers += size;
    }
    return numbers;
  };
  UNetOptions ffhq = additive_options();
  ffhq.image_size = 64;
  ffhq.num_channels = 224;
  ffhq.num_res_blocks = 2;
  ffhq.channel_mult = {1, 2, 3, 4};
  ffhq.attention_resolutions = {32, 16, 8};
  ffhq.num_head_channels = 32;
  EXPECT_EQ(count(ffhq), 274056163);  // by building latent-diffusion's
  UNetOptions sd = told_options();
  sd.image_size = 64;
  sd.num_channels = 320;
  sd.num_res_blocks = 2;
  sd.channel_mult = {1, 2, 4, 4};
  sd.attention_resolutions = {64, 32, 16};
  sd.num_heads = 8;
  sd.use_scale_shift_norm = false;
  sd.context_dim = 768;
  EXPECT_EQ(count(sd), 859520964);
}

}  // namespace
}  // namespace dpsbench
