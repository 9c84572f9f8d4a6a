#include "priors/unet/unet.h"

#include <ATen/core/grad_mode.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <numbers>

#include "core/error.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

TEST(UNet, ReproducesTheReferenceOutputAtFractionalTimes) {
  const SafetensorsFile io(DPSBENCH_GOLDEN "/unet_ffhq_tiny_io.safetensors");
  const at::NoGradGuard no_grad;
  const Tensor output = unet_forward(tiny_options(), tiny_parameters(), io.tensor("x"), io.tensor("t"));
  EXPECT_LT(relative_error(output, io.tensor("output")), 1e-5);
}

TEST(UNet, ReproducesTheReferenceVectorJacobianProduct) {
  const SafetensorsFile io(DPSBENCH_GOLDEN "/unet_ffhq_tiny_io.safetensors");
  const Tensor x = io.tensor("x").clone().requires_grad_(true);
  const Tensor output = unet_forward(tiny_options(), tiny_parameters(), x, io.tensor("t"));
  const Tensor vjp = torch::autograd::grad({output}, {x}, {io.tensor("cotangent")})[0];
  EXPECT_LT(relative_error(vjp, io.tensor("vjp")), 1e-5);
}

TEST(UNet, ReproducesTheReferenceOutputOfTheQuickstartsWeights) {
  const SafetensorsFile io(DPSBENCH_GOLDEN "/unet_photo32_io.safetensors");
  const SafetensorsFile weights(DPSBENCH_SOURCE_DIR "/experiments/quickstart/photo32.safetensors");
  const UNetOptions options = unet_preset("photo32");
  const at::NoGradGuard no_grad;
  const Tensor output = unet_forward(options, load_unet_parameters(options, weights), io.tensor("x"), io.tensor("t"));
  EXPECT_LT(relative_error(output, io.tensor("output")), 1e-5);
}

TEST(UNet, TellsTheNewAttentionOrderFromTheOld) {
  // with one head both orders are the same; with two, permuting q, k, v and heads in the weights turns one into the
  // other
  UNetOptions one_head = tiny_options();
  one_head.num_head_channels = -1;
  one_head.num_heads = 1;
  UNetOptions one_head_new = one_head;
  one_head_new.use_new_attention_order = true;
  UNetOptions new_order = tiny_options();
  new_order.use_new_attention_order = true;

  UNetParameters permuted = tiny_parameters();
  for (auto& [name, tensor] : permuted) {
    if (name.find("qkv.") == std::string::npos) continue;
    const std::int64_t heads = tensor.size(0) / 3 / tiny_options().num_head_channels;
    tensor =
        tensor.unflatten(0, {heads, 3, tiny_options().num_head_channels}).transpose(0, 1).flatten(0, 2).contiguous();
  }
  const Tensor x = at::randn({1, 3, 32, 32});
  const Tensor t = at::full({1}, 17.0);
  const at::NoGradGuard no_grad;
  EXPECT_TRUE(at::allclose(unet_forward(one_head, tiny_parameters(), x, t),
                           unet_forward(one_head_new, tiny_parameters(), x, t), 1e-5, 1e-6));
  const Tensor legacy = unet_forward(tiny_options(), tiny_parameters(), x, t);
  EXPECT_LT(relative_error(unet_forward(new_order, permuted, x, t), legacy), 1e-5);
  EXPECT_GT(relative_error(unet_forward(new_order, tiny_parameters(), x, t), legacy), 1e-3);
}

TEST(UNet, RunsWithoutResamplingBlocksScaleShiftAndLearnedVariance) {
  UNetOptions options = tiny_options();
  options.resblock_updown = false;
  options.use_scale_shift_norm = false;
  options.learn_sigma = false;
  options.in_channels = 1;
  const at::NoGradGuard no_grad;
  const Tensor output =
      unet_forward(options, random_parameters(options), at::randn({2, 1, 32, 32}), at::full({2}, 3.5));
  EXPECT_EQ(output.sizes(), at::IntArrayRef({2, 1, 32, 32}));
  EXPECT_TRUE(output.isfinite().all().item<bool>());
}

TEST(UNet, GivesGradientsOfItsParametersAndAppliesDropoutOnceAResidualBlock) {
  UNetParameters parameters = random_parameters(tiny_options());
  for (auto& [name, tensor] : parameters) tensor.requires_grad_(true);
  int dropped = 0;
  const auto dropout = [&](const Tensor& hidden) {
    ++dropped;
    return hidden * 0.5;
  };
  const Tensor x = at::randn({1, 3, 32, 32});
  const Tensor t = at::full({1}, 17.0);
  const Tensor output = unet_forward(tiny_options(), parameters, x, t, dropout);
  EXPECT_EQ(dropped, 2 + 1 + 2 + 4 + 1);  // down, halving, middle, up, doubling
  std::vector<Tensor> leaves;
  for (const auto& [name, tensor] : parameters) leaves.push_back(tensor);
  const auto gradients = torch::autograd::grad({output.square().sum()}, leaves);
  for (const Tensor& gradient : gradients) EXPECT_GT(gradient.abs().max().item<double>(), 0);
}

TEST(UNet, TreatsEachImageAlone) {
  const Tensor x = at::randn({3, 3, 32, 32});
  const Tensor t = at::tensor({3.0F, 500.5F, 999.0F});
  const at::NoGradGuard no_grad;
  const Tensor together = unet_forward(tiny_options(), tiny_parameters(), x, t);
  for (std::int64_t i = 0; i < 3; ++i)
    EXPECT_LT(relative_error(unet_forward(tiny_options(), tiny_parameters(), x.narrow(0, i, 1), t.narrow(0, i, 1)),
                             together.narrow(0, i, 1)),
              1e-5);
}

TEST(UNet, RefusesInputsThatDoNotFit) {
  const auto run = [](const Tensor& x, const Tensor& t) {
    (void)unet_forward(tiny_options(), tiny_parameters(), x, t);
  };
  EXPECT_THROW(run(at::zeros({1, 1, 32, 32}), at::zeros({1})), Error);
  EXPECT_THROW(run(at::zeros({1, 3, 31, 32}), at::zeros({1})), Error);
  EXPECT_THROW(run(at::zeros({2, 3, 32, 32}), at::zeros({3})), Error);
}

TEST(TimestepEmbedding, IsCosinesThenSinesOverHalfTheDimension) {
  const Tensor embedding = timestep_embedding(at::tensor({2.5}, at::kDouble), 5);
  const double slow = 2.5 * std::pow(10000.0, -0.5);
  const Tensor expected = at::tensor({std::cos(2.5), std::cos(slow), std::sin(2.5), std::sin(slow), 0.0}, at::kDouble);
  EXPECT_TRUE(at::allclose(embedding[0], expected, 1e-12, 1e-12));
}

}  // namespace
}  // namespace dpsbench
