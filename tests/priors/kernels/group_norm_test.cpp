#include "priors/kernels/group_norm.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "priors/kernels/bias_blocks.h"
#include "priors/kernels/vector_exp.h"
#include "tests/priors/emulated_blocks.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;
constexpr double bfloat16_rounding = 0x1.01p-8;  // half of the last of eight bits

TEST(VectorExp, IsExpToSinglePrecisionAndSaturates) {
  double worst = 0;
  for (float x = -86.9F; x < 87.0F; x += 0.0137F)
    worst = std::max(worst, std::abs(vector_exp(x) / std::exp(static_cast<double>(x)) - 1));
  EXPECT_LT(worst, 2e-7);
  EXPECT_EQ(vector_exp(0.0F), 1.0F);
  EXPECT_EQ(vector_exp(1e30F), vector_exp(87.0F));
  EXPECT_EQ(vector_exp(-1e30F), vector_exp(-87.0F));
}

TEST(Bfloat16, IsStoredAsLibTorchRounds) {
  const Tensor values =
      at::cat({at::randn({4096}),
               at::tensor({0.0F, -0.0F, 1.00390625F, 1.01171875F, 3.4e38F, 1e-40F, -INFINITY, INFINITY, NAN})});
  const Tensor stored = at::empty_like(values, values.options().dtype(at::kBFloat16));
  auto* into = reinterpret_cast<Bfloat16*>(stored.data_ptr<at::BFloat16>());
  for (std::int64_t i = 0; i < values.numel(); ++i) store(values.const_data_ptr<float>()[i], into[i]);
  EXPECT_TRUE(at::allclose(stored, values.to(at::kBFloat16), 0, 0, /*equal_nan=*/true));
  for (std::int64_t i = 0; i + 1 < values.numel(); ++i) EXPECT_EQ(number(into[i]), stored[i].item<float>());
}

/// Channels, height, width, rows of the affine map, SiLU, cotangents, addend.
struct Case {
  std::int64_t channels, height, width, rows;
  bool silu;
  std::int64_t cotangents;
  bool addend;
  double epsilon = norm_epsilon;
};

void PrintTo(const Case& c, std::ostream* out) {
  *out << c.channels << "x" << c.height << "x" << c.width << " rows " << c.rows << " silu " << c.silu << " K "
       << c.cotangents;
}

class GroupNorm : public testing::TestWithParam<Case> {
 protected:
  static constexpr std::int64_t images = 3;

  void SetUp() override {
    at::manual_seed(5);
    const Case& c = GetParam();
    const auto options = at::TensorOptions().dtype(at::kDouble);
    // numbers that a bfloat16 holds, so that only results are rounded
    const auto round = [](const Tensor& t) { return t.to(at::kBFloat16).to(at::kDouble); };
    x = round(at::randn({images, c.channels, c.height, c.width}, options) * 2 + 0.7);
    affine = {at::randn({c.rows, c.channels}, options) + 1, at::randn({c.rows, c.channels}, options)};
    cotangent = round(at::randn({c.cotangents, images, c.channels, c.height, c.width}, options));
    addend = c.addend ? round(at::randn({c.cotangents * images, c.channels, c.height, c.width}, options)) : Tensor();

    const Tensor leaf = x.clone().requires_grad_(true);
    y = at::group_norm(leaf, 32, {}, {}, c.epsilon) * affine.scale.unsqueeze(-1).unsqueeze(-1) +
        affine.shift.unsqueeze(-1).unsqueeze(-1);
    if (c.silu) y = at::silu(y);
    for (std::int64_t k = 0; k < c.cotangents; ++k)
      gradients.push_back(torch::autograd::grad({y}, {leaf}, {cotangent[k]}, true)[0]);
    y = y.detach();
  }

  /// Output, gradients, and with them the statistics, in the number type of `options`.
  void expect_agreement(const Implementation& norm, const TensorOptions& options, at::MemoryFormat format,
                        double tolerance) {
    const Case& c = GetParam();
    const auto as = [&](const Tensor& t) { return t.to(options); };
    const auto in_format = [&](const Tensor& t) { return as(t).contiguous(format); };
    const Tensor input = in_format(x);
    const auto of_rows = options.dtype() == at::kBFloat16 ? options.dtype(at::kFloat) : options;
    const NormAffine map{affine.scale.to(of_rows), affine.shift.to(of_rows)};
    const auto [output, statistics] = norm.forward(input, map, c.silu, {norm_groups, c.epsilon});
    EXPECT_LT(relative_error(output.to(at::kCPU, at::kDouble), y), tolerance);
    EXPECT_TRUE(output.is_contiguous(format));
    Tensor gradient = as(cotangent).flatten(0, 1).clone(format);
    norm.backward(gradient, input, map, statistics, c.silu, c.addend ? in_format(addend) : Tensor());
    const Tensor expected = c.addend ? at::cat(gradients) + addend : at::cat(gradients);
    EXPECT_LT(relative_error(gradient.to(at::kCPU, at::kDouble), expected), tolerance);
  }

  Tensor x, y, cotangent, addend;
  NormAffine affine;
  std::vector<Tensor> gradients;
};

TEST_P(GroupNorm, KernelAgreesWithAutogradInDouble) { expect_agreement(dispatched, at::kDouble, channels_last, 1e-12); }
TEST_P(GroupNorm, KernelAgreesWithAutogradInFloat) { expect_agreement(dispatched, at::kFloat, channels_last, 1e-6); }
TEST_P(GroupNorm, RoundsToBfloat16OnlyWhatItStores) {
  expect_agreement(dispatched, at::kBFloat16, channels_last, bfloat16_rounding);
}
TEST_P(GroupNorm, TensorOperationsAgreeWithAutograd) {
  expect_agreement(by_tensor_operations, at::kDouble, at::MemoryFormat::Contiguous, 1e-12);
}
TEST_P(GroupNorm, BlocksOfAGpuAgreeWithAutogradInFloat) {
  expect_agreement(by_blocks<float>(Order::ascending), at::kFloat, channels_last, 1e-6);
}
TEST_P(GroupNorm, BlocksOfAGpuRoundToBfloat16OnlyWhatTheyStore) {
  expect_agreement(by_blocks<Bfloat16>(Order::ascending), at::kBFloat16, channels_last, bfloat16_rounding);
}
TEST_P(GroupNorm, KernelOnAGpuAgreesWithAutograd) {
  if (!at::hasCUDA()) GTEST_SKIP() << "no GPU is visible";
  expect_agreement(dispatched, TensorOptions().dtype(at::kFloat).device(at::kCUDA), channels_last, 1e-6);
  expect_agreement(dispatched, TensorOptions().dtype(at::kBFloat16).device(at::kCUDA), channels_last,
                   bfloat16_rounding);
}

/// Nothing may depend on the order in which a GPU does threads between two points where they wait for each other; and
/// its arithmetic is the host's.
TEST_P(GroupNorm, GivesTheSameBitsInAnyOrderOfThreadsAndOnAGpu) {
  const Tensor input = x.to(at::kFloat).contiguous(channels_last);
  const NormAffine map{affine.scale.to(at::kFloat), affine.shift.to(at::kFloat)};
  const Tensor given = cotangent.flatten(0, 1).to(at::kFloat).contiguous(channels_last);
  const auto run = [&](const Implementation& norm, const at::Device& device) {
    const NormAffine there{map.scale.to(device), map.shift.to(device)};
    auto [output, statistics] = norm.forward(input.to(device), there, GetParam().silu, {});
    Tensor gradient = given.to(device, at::kFloat, /*non_blocking=*/false, /*copy=*/true);
    norm.backward(gradient, input.to(device), there, statistics, GetParam().silu, {});
    return at::stack({output.cpu().flatten(), gradient.narrow(0, 0, images).cpu().flatten()});
  };
  const Tensor bits = run(by_blocks<float>(Order::ascending), at::kCPU);
  EXPECT_TRUE(at::equal(run(by_blocks<float>(Order::descending), at::kCPU), bits));
  if (at::hasCUDA()) {
    EXPECT_TRUE(at::equal(run(dispatched, at::kCUDA), bits));
  }
}

/// As of images to which it was added before; bfloat16 is rounded where it is stored and nowhere between.
TEST_P(GroupNorm, BlocksOfAGpuAddABiasAsTheyRead) {
  const Case& c = GetParam();
  const NormAffine map{affine.scale.to(at::kFloat), affine.shift.to(at::kFloat)};
  const auto run = [&](const Implementation& norm, const Tensor& input) {
    auto [output, statistics] = norm.forward(input, map, c.silu, {norm_groups, c.epsilon});
    Tensor gradient = cotangent.flatten(0, 1).to(input.scalar_type()).clone(channels_last);
    norm.backward(gradient, input, map, statistics, c.silu, {});
    return std::pair{output, gradient};
  };
  for (const std::int64_t rows : {std::int64_t{1}, images}) {
    const Tensor bias = at::randn({rows, c.channels});
    const Tensor floats = x.to(at::kFloat).contiguous(channels_last);
    const Tensor halves = x.to(at::kBFloat16).contiguous(channels_last);
    const auto [y_of_sum, g_of_sum] =
        run(by_blocks<float>(Order::ascending), (floats + bias.unsqueeze(-1).unsqueeze(-1)).contiguous(channels_last));
    const auto [y_floats, g_floats] = run(by_blocks<float>(Order::descending, bias), floats);
    const auto [y_halves, g_halves] = run(by_blocks<Bfloat16>(Order::descending, bias), halves);
    EXPECT_TRUE(at::equal(y_floats, y_of_sum));
    EXPECT_TRUE(at::equal(g_floats, g_of_sum));
    EXPECT_TRUE(at::equal(y_halves, y_of_sum.to(at::kBFloat16)));
    EXPECT_TRUE(at::equal(g_halves, g_of_sum.to(at::kBFloat16)));
    if (at::hasCUDA()) {
      const NormAffine there{map.scale.cuda(), map.shift.cuda()};
      const auto on_gpu = group_norm_forward({floats.cuda(), bias.cuda()}, there, c.silu, {norm_groups, c.epsilon});
      EXPECT_TRUE(at::equal(on_gpu.first.cpu(), y_of_sum));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, GroupNorm,
                         testing::Values(Case{32, 8, 8, 1, true, 1, false}, Case{32, 5, 13, 3, true, 2, true},
                                         Case{64, 16, 16, 3, true, 1, true}, Case{96, 1, 2, 1, false, 3, true},
                                         Case{256, 9, 9, 3, true, 2, false}, Case{64, 7, 3, 3, false, 1, false},
                                         Case{1056, 16, 9, 3, true, 1, true}, Case{32, 40, 33, 1, true, 2, true},
                                         Case{64, 8, 8, 3, true, 2, true, 0.5}));

TEST(GroupNormKernel, KeepsItsPrecisionWhenTheMeanIsFarFromZero) {
  const Tensor x = (at::randn({1, 32, 64, 64}, at::kDouble) + 500).to(at::kFloat).contiguous(channels_last);
  const NormAffine affine{at::ones({1, 32}), at::zeros({1, 32})};
  const Tensor expected = at::group_norm(x.to(at::kDouble), 32, {}, {}, 1e-5);
  EXPECT_LT((group_norm_forward(x, affine, false).first - expected).abs().max().item<double>(),
            1e-4);  // 500 * 2^-24 = 3e-5
}

/// Other numbers of groups than the kernels have, in the layout that kernels take.
TEST(GroupNormKernel, HasAnyNumberOfGroups) {
  const Tensor x = at::randn({2, 96, 5, 4}, at::kDouble).contiguous(channels_last);
  const NormAffine affine{at::randn({2, 96}, at::kDouble), at::randn({2, 96}, at::kDouble)};
  const Tensor cotangent = at::randn({4, 96, 5, 4}, at::kDouble);
  for (const std::int64_t groups : {1, 12, 32}) {
    const Tensor leaf = x.clone().requires_grad_(true);
    const Tensor expected =
        at::silu(at::group_norm(leaf, groups, {}, {}, 1e-3) * affine.scale.unsqueeze(-1).unsqueeze(-1) +
                 affine.shift.unsqueeze(-1).unsqueeze(-1));
    const auto [y, statistics] = group_norm_forward(x, affine, true, {groups, 1e-3});
    EXPECT_LT(relative_error(y, expected.detach()), 1e-12) << groups;
    Tensor gradient = cotangent.clone();
    group_norm_backward_(gradient, x, affine, statistics, true, {});
    for (const std::int64_t k : {0, 1})
      EXPECT_LT(relative_error(gradient.narrow(0, 2 * k, 2),
                               torch::autograd::grad({expected}, {leaf}, {cotangent.narrow(0, 2 * k, 2)}, true)[0]),
                1e-12)
          << groups;
  }
}

TEST(BiasKernel, AddsBiasAndAddendAndRoundsOnce) {
  const Tensor x = at::randn({3, 64, 9, 15}).contiguous(channels_last);
  const Tensor addend = at::randn({3, 64, 9, 15}).contiguous(channels_last);
  const Tensor bias = at::randn({64});
  const auto added = [&]<typename T>(T*, const Tensor& to, const Tensor& more) {
    const Tensor sum = to.clone();
    EmulatedBlocks{Order::descending}(
        norm_blocks::AddBias<T>{{3, 9 * 15, 64, static_cast<T*>(sum.data_ptr()), bias.const_data_ptr<float>(),
                                 static_cast<const T*>(more.const_data_ptr())}});
    return sum;
  };
  const Tensor column = bias.view({-1, 1, 1});
  EXPECT_TRUE(at::equal(added(static_cast<float*>(nullptr), x, addend), x + column + addend));
  const Tensor halves = x.to(at::kBFloat16);
  const Tensor half_addend = addend.to(at::kBFloat16);
  EXPECT_TRUE(at::equal(added(static_cast<Bfloat16*>(nullptr), halves, half_addend),
                        (halves.to(at::kFloat) + column + half_addend.to(at::kFloat)).to(at::kBFloat16)));
  if (at::hasCUDA()) {
    Tensor there = x.cuda();
    add_bias_(there, bias.cuda(), addend.cuda());
    EXPECT_TRUE(at::equal(there.cpu(), x + column + addend));
  }
}

TEST(GroupNormKernel, TreatsEachImageAlone) {
  const Tensor x = at::randn({4, 64, 8, 8}).contiguous(channels_last);
  const NormAffine affine{at::randn({1, 64}), at::randn({1, 64})};
  const Tensor together = group_norm_forward(x, affine, true).first;
  for (std::int64_t i = 0; i < 4; ++i)
    EXPECT_TRUE(at::equal(group_norm_forward(x.narrow(0, i, 1), affine, true).first, together.narrow(0, i, 1)));
}

}  // namespace
}  // namespace dpsbench
