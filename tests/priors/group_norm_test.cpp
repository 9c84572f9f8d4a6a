#include "priors/group_norm.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "priors/vector_exp.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

TEST(VectorExp, IsExpToSinglePrecisionAndSaturates) {
  double worst = 0;
  for (float x = -86.9F; x < 87.0F; x += 0.0137F)
    worst = std::max(worst, std::abs(vector_exp(x) / std::exp(static_cast<double>(x)) - 1));
  EXPECT_LT(worst, 2e-7);
  EXPECT_EQ(vector_exp(0.0F), 1.0F);
  EXPECT_EQ(vector_exp(1e30F), vector_exp(87.0F));
  EXPECT_EQ(vector_exp(-1e30F), vector_exp(-87.0F));
}

/// Channels, height, width, rows of the affine map, SiLU, cotangents, addend.
struct Case {
  std::int64_t channels, height, width, rows;
  bool silu;
  std::int64_t cotangents;
  bool addend;
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
    x = at::randn({images, c.channels, c.height, c.width}, options) * 2 + 0.7;
    affine = {at::randn({c.rows, c.channels}, options) + 1, at::randn({c.rows, c.channels}, options)};
    cotangent = at::randn({c.cotangents, images, c.channels, c.height, c.width}, options);
    addend = c.addend ? at::randn({c.cotangents * images, c.channels, c.height, c.width}, options) : Tensor();

    const Tensor leaf = x.clone().requires_grad_(true);
    y = at::group_norm(leaf, 32, {}, {}, 1e-5) * affine.scale.unsqueeze(-1).unsqueeze(-1) +
        affine.shift.unsqueeze(-1).unsqueeze(-1);
    if (c.silu) y = at::silu(y);
    for (std::int64_t k = 0; k < c.cotangents; ++k)
      gradients.push_back(torch::autograd::grad({y}, {leaf}, {cotangent[k]}, true)[0]);
    y = y.detach();
  }

  void expect_agreement(at::ScalarType type, at::MemoryFormat format, double tolerance) {
    const Case& c = GetParam();
    const auto as = [&](const Tensor& t) { return t.to(type); };
    const Tensor input = as(x).contiguous(format);
    const NormAffine map{as(affine.scale), as(affine.shift)};
    const auto [output, statistics] = group_norm_forward(input, map, c.silu);
    EXPECT_LT(relative_error(output, y), tolerance);
    EXPECT_TRUE(output.is_contiguous(format));
    Tensor gradient = as(cotangent).flatten(0, 1).clone(format);
    group_norm_backward_(gradient, input, map, statistics, c.silu, c.addend ? as(addend).contiguous(format) : Tensor());
    const Tensor expected = c.addend ? at::cat(gradients) + addend : at::cat(gradients);
    EXPECT_LT(relative_error(gradient, expected), tolerance);
  }

  Tensor x, y, cotangent, addend;
  NormAffine affine;
  std::vector<Tensor> gradients;
};

TEST_P(GroupNorm, KernelAgreesWithAutogradInDouble) { expect_agreement(at::kDouble, channels_last, 1e-12); }
TEST_P(GroupNorm, KernelAgreesWithAutogradInFloat) { expect_agreement(at::kFloat, channels_last, 1e-6); }
TEST_P(GroupNorm, TensorOperationsAgreeWithAutograd) {
  expect_agreement(at::kDouble, at::MemoryFormat::Contiguous, 1e-12);
}

INSTANTIATE_TEST_SUITE_P(Shapes, GroupNorm,
                         testing::Values(Case{32, 8, 8, 1, true, 1, false}, Case{32, 5, 13, 3, true, 2, true},
                                         Case{64, 16, 16, 3, true, 1, true}, Case{96, 1, 2, 1, false, 3, true},
                                         Case{256, 9, 9, 3, true, 2, false}, Case{64, 7, 3, 3, false, 1, false}));

TEST(GroupNormKernel, KeepsItsPrecisionWhenTheMeanIsFarFromZero) {
  const Tensor x = (at::randn({1, 32, 64, 64}, at::kDouble) + 500).to(at::kFloat).contiguous(channels_last);
  const NormAffine affine{at::ones({1, 32}), at::zeros({1, 32})};
  const Tensor expected = at::group_norm(x.to(at::kDouble), 32, {}, {}, 1e-5);
  EXPECT_LT((group_norm_forward(x, affine, false).first - expected).abs().max().item<double>(),
            1e-4);  // 500 * 2^-24 = 3e-5
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
