#include "priors/unet/frozen_unet.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "core/error.h"
#include "priors/unet/architectures.h"
#include "priors/unet/unet.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

UNetParameters in(at::ScalarType type, UNetParameters parameters) {
  for (auto& [name, tensor] : parameters) tensor = tensor.to(type);
  return parameters;
}

/// Output and vector-Jacobian products of both implementations must agree, in double.
void expect_agreement(const UNetOptions& options, const UNetParameters& parameters) {
  const FrozenUNet frozen(options, parameters);
  const Tensor x = at::randn({2, options.stem_channels(), 16, 16}, at::kDouble);
  const Tensor times = at::tensor({3.25, 871.0, 40.0, 999.0}, at::kDouble);
  const Tensor t = options.noise_map ? times.view({2, 2}) : times.narrow(0, 0, 2);
  const Tensor leaf = x.clone().requires_grad_(true);
  const Tensor expected = unet_forward(options, parameters, leaf, t);
  for (const std::size_t count : {1, 2}) {
    Tape tape;
    EXPECT_LT(relative_error(frozen.forward(x, t, &tape), expected.detach()), 1e-12);
    std::vector<Tensor> cotangents;
    for (std::size_t k = 0; k < count; ++k) cotangents.push_back(at::randn_like(expected));
    const std::vector<Tensor> gradients = frozen.pull_back(tape, cotangents);
    ASSERT_EQ(gradients.size(), count);
    EXPECT_TRUE(tape.empty());
    for (std::size_t k = 0; k < count; ++k)
      EXPECT_LT(relative_error(gradients[k], torch::autograd::grad({expected}, {leaf}, {cotangents[k]}, true)[0]),
                1e-12);
  }
}

TEST(FrozenUNet, AgreesWithAutogradInDouble) { expect_agreement(tiny_options(), in(at::kDouble, tiny_parameters())); }

TEST(FrozenUNet, AgreesWithAutogradForEveryOption) {
  UNetOptions options = tiny_options();
  options.use_new_attention_order = true;
  expect_agreement(options, in(at::kDouble, tiny_parameters()));
  options = tiny_options();
  options.noise_map = true;
  expect_agreement(options, in(at::kDouble, random_parameters(options)));
  options = tiny_options();
  options.use_scale_shift_norm = false;
  options.resblock_updown = false;
  options.learn_sigma = false;
  options.in_channels = 1;
  options.num_head_channels = -1;
  options.num_heads = 2;
  options.num_res_blocks = 2;
  options.channel_mult = {1, 2, 3};
  options.attention_resolutions = {16, 8};
  expect_agreement(options, in(at::kDouble, random_parameters(options)));
  options.norm_eps = 1e-2;
  options.sin_first = true;
  options.freq_shift = 1;
  options.downsample_padding = 0;
  expect_agreement(options, in(at::kDouble, random_parameters(options)));
  options.norm_group_channels = 4;
  expect_agreement(options, in(at::kDouble, random_parameters(options)));
  for (const char* name : {"ddpmpp", "ncsnpp"}) {
    options = unet_architecture(name);
    options.image_size = 32;
    options.num_channels = 32;
    options.channel_mult = {2, 1, 3};
    options.attention_resolutions = {16, 8};
    expect_agreement(options, in(at::kDouble, random_parameters(options)));
  }
}

TEST(FrozenUNet, RoundsInFloatLittleMoreThanAutograd) {
  const Tensor x = at::randn({2, 3, 32, 32});
  const Tensor t = at::tensor({3.0F, 871.0F});
  const Tensor cotangent = at::randn({2, 6, 32, 32});
  struct Pair {
    Tensor output, vjp;
  };
  const auto by_autograd = [&](at::ScalarType type) -> Pair {
    const Tensor leaf = x.to(type, /*non_blocking=*/false, /*copy=*/true).requires_grad_(true);
    const Tensor output = unet_forward(tiny_options(), in(type, tiny_parameters()), leaf, t);
    return {output.detach(), torch::autograd::grad({output}, {leaf}, {cotangent.to(type)})[0]};
  };
  const Pair exact = by_autograd(at::kDouble);
  const Pair plain = by_autograd(at::kFloat);
  Tape tape;
  const FrozenUNet frozen(tiny_options(), tiny_parameters());
  const Tensor output = frozen.forward(x, t, &tape);
  const Tensor vjp = frozen.pull_back(tape, {cotangent})[0];
  RecordProperty("plain", fmt::format("{:.2g}, gradient {:.2g}", distance(plain.output, exact.output),
                                      distance(plain.vjp, exact.vjp)));
  RecordProperty("frozen",
                 fmt::format("{:.2g}, gradient {:.2g}", distance(output, exact.output), distance(vjp, exact.vjp)));
  // minimal filtering rounds about twice as much as a sum of products does (packed_convolution_test)
  EXPECT_LT(distance(output, exact.output), 3 * distance(plain.output, exact.output));
  EXPECT_LT(distance(vjp, exact.vjp), 3 * distance(plain.vjp, exact.vjp));
}

TEST(FrozenUNet, ReproducesTheReference) {
  const SafetensorsFile io(DPSBENCH_GOLDEN "/unet_ffhq_tiny_io.safetensors");
  const FrozenUNet frozen(tiny_options(), tiny_parameters());
  Tape tape;
  EXPECT_LT(relative_error(frozen.forward(io.tensor("x"), io.tensor("t"), &tape), io.tensor("output")), 1e-5);
  EXPECT_LT(relative_error(frozen.pull_back(tape, {io.tensor("cotangent")})[0], io.tensor("vjp")), 1e-5);
}

TEST(FrozenUNet, TakesCotangentsOfTheFirstChannelsAlone) {
  const FrozenUNet frozen(tiny_options(), in(at::kDouble, tiny_parameters()));
  const Tensor x = at::randn({2, 3, 16, 16}, at::kDouble);
  const Tensor t = at::full({1}, 40.0, at::kDouble);
  const Tensor cotangent = at::randn({2, 3, 16, 16}, at::kDouble);
  Tape tape;
  (void)frozen.forward(x, t, &tape);
  const Tensor gradient = frozen.pull_back(tape, {cotangent})[0];
  (void)frozen.forward(x, t, &tape);
  const Tensor padded = frozen.pull_back(tape, {at::cat({cotangent, at::zeros_like(cotangent)}, 1)})[0];
  EXPECT_LT(relative_error(gradient, padded), 1e-12);
}

class OnThreads : public testing::TestWithParam<int> {
 protected:
  void SetUp() override { at::set_num_threads(GetParam()); }
  void TearDown() override { at::set_num_threads(before_); }

 private:
  int before_ = at::get_num_threads();
};

/// Bits: in float, where ATen has several algorithms to choose from, and on several threads ways to split its sums.
TEST_P(OnThreads, FrozenUNetTreatsEachImageAlone) {
  UNetOptions strided = tiny_options();  // convolutions that ATen does
  strided.resblock_updown = false;
  UNetOptions other_groups = strided;  // and normalisations
  other_groups.norm_group_channels = 4;
  other_groups.downsample_padding = 0;
  for (const UNetOptions& options : {tiny_options(), strided, other_groups}) {
    const FrozenUNet frozen(options, random_parameters(options));
    const Tensor x = at::randn({3, 3, 32, 32});
    const Tensor t = at::full({1}, 500.5F);
    const std::vector<Tensor> cotangents = {at::randn({3, 6, 32, 32}), at::randn({3, 6, 32, 32})};
    for (const std::size_t count : {1, 2}) {
      const auto run = [&](std::int64_t first, std::int64_t images) {
        std::vector<Tensor> of_images;
        for (std::size_t k = 0; k < count; ++k) of_images.push_back(cotangents[k].narrow(0, first, images));
        Tape tape;
        std::vector<Tensor> results = {frozen.forward(x.narrow(0, first, images), t, &tape)};
        for (const Tensor& gradient : frozen.pull_back(tape, of_images)) results.push_back(gradient);
        return results;
      };
      const std::vector<Tensor> together = run(0, 3);
      for (std::int64_t i = 0; i < 3; ++i) {
        const std::vector<Tensor> alone = run(i, 1);
        for (std::size_t k = 0; k <= count; ++k)
          EXPECT_TRUE(at::equal(alone[k], together[k].narrow(0, i, 1))) << i << ' ' << k << ' ' << count;
      }
    }
  }
}

INSTANTIATE_TEST_SUITE_P(OneAndTwo, OnThreads, testing::Values(1, 2));

TEST(FrozenUNet, LeavesItsArgumentsAloneAndMayBePulledBackOnce) {
  const FrozenUNet frozen(tiny_options(), tiny_parameters());
  const Tensor x = at::randn({1, 3, 32, 32}).contiguous(at::MemoryFormat::ChannelsLast);
  const Tensor cotangent = at::randn({1, 6, 32, 32}).contiguous(at::MemoryFormat::ChannelsLast);
  const Tensor x_before = x.clone();
  const Tensor cotangent_before = cotangent.clone();
  Tape tape;
  (void)frozen.forward(x, at::full({1}, 40.0), &tape);
  EXPECT_GT(tape.bytes(), 0U);
  (void)frozen.pull_back(tape, {cotangent});
  EXPECT_TRUE(at::equal(x, x_before));
  EXPECT_TRUE(at::equal(cotangent, cotangent_before));
  EXPECT_THROW((void)frozen.pull_back(tape, {cotangent}), Error);
  EXPECT_THROW((void)frozen.forward(at::randn({1, 3, 31, 32}), at::full({1}, 40.0), nullptr), Error);
}

}  // namespace
}  // namespace dpsbench
