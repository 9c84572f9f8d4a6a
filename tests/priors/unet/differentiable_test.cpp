#include "priors/unet/differentiable.h"

#include <gtest/gtest.h>
#include <torch/csrc/autograd/autograd.h>

#include "priors/kernels/group_norm.h"
#include "priors/unet/unet.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

constexpr auto channels_last = at::MemoryFormat::ChannelsLast;

/// A result and its gradients with respect to the leaves, for one cotangent.
using Differentiated = std::vector<Tensor>;

Differentiated differentiated(const Tensor& result, const std::vector<Tensor>& leaves, const Tensor& cotangent) {
  Differentiated all = torch::autograd::grad({result}, leaves, {cotangent.to(result.scalar_type())});
  all.insert(all.begin(), result.detach());
  return all;
}

Tensor leaf_of(const Tensor& t) { return t.detach().clone().requires_grad_(true); }

void expect_near(const Differentiated& met, const Differentiated& wanted) {
  ASSERT_EQ(met.size(), wanted.size());
  for (std::size_t k = 0; k < met.size(); ++k) {
    EXPECT_EQ(met[k].sizes(), wanted[k].sizes()) << k;
    EXPECT_LT(distance(met[k].to(at::kDouble), wanted[k]), 3e-6) << k;
  }
}

TEST(DifferentiableConvolution, AgreesWithATensInDouble) {
  at::manual_seed(1);
  for (const std::int64_t size : {1, 3})
    for (const auto& [in, out, height, width] :
         {std::array<std::int64_t, 4>{32, 64, 8, 8}, {64, 32, 6, 10}, {6, 32, 8, 8}, {32, 6, 8, 8}}) {
      const Tensor x = leaf_of(at::randn({3, in, height, width}).contiguous(channels_last));
      const Tensor weight = leaf_of(at::randn({out, in, size, size}));
      const Tensor bias = leaf_of(at::randn({out}));
      const Tensor cotangent = at::randn({3, out, height, width});
      ASSERT_TRUE(takes_fused_kernels(x));
      const Differentiated met =
          differentiated(differentiable_convolution(x, weight, bias), {x, weight, bias}, cotangent);
      const std::vector<Tensor> exact{leaf_of(x.to(at::kDouble)), leaf_of(weight.to(at::kDouble)),
                                      leaf_of(bias.to(at::kDouble))};
      const Tensor y = at::conv2d(exact[0], exact[1], exact[2], {1, 1}, {size / 2, size / 2});
      expect_near(met, differentiated(y, exact, cotangent));
    }
}

TEST(DifferentiableNorm, AgreesWithATensInDouble) {
  at::manual_seed(2);
  for (const bool silu : {false, true})
    for (const std::int64_t rows : {1, 3}) {
      const Tensor x = leaf_of((at::randn({3, 64, 9, 7}) * 2 + 0.5).contiguous(channels_last));
      const Tensor scale = leaf_of(at::randn({rows, 64}));
      const Tensor shift = leaf_of(at::randn({rows, 64}));
      const Tensor cotangent = at::randn({3, 64, 9, 7});
      const Differentiated met =
          differentiated(differentiable_norm(x, scale, shift, silu), {x, scale, shift}, cotangent);
      const std::vector<Tensor> exact{leaf_of(x.to(at::kDouble)), leaf_of(scale.to(at::kDouble)),
                                      leaf_of(shift.to(at::kDouble))};
      const auto of_pixels = [](const Tensor& t) { return t.unsqueeze(-1).unsqueeze(-1); };
      const Tensor z =
          at::group_norm(exact[0], norm_groups, {}, {}, norm_epsilon) * of_pixels(exact[1]) + of_pixels(exact[2]);
      expect_near(met, differentiated(silu ? at::silu(z) : z, exact, cotangent));
    }
}

TEST(UNet, GivesTheSameGradientsThroughTheKernelsOfTraining) {
  for (const bool scale_shift : {true, false}) {
    UNetOptions options = tiny_options();
    options.use_scale_shift_norm = scale_shift;
    options.noise_map = scale_shift;
    options.norm_eps = scale_shift ? 1e-5 : 1e-2;
    options.resblock_updown = scale_shift;
    options.downsample_padding = scale_shift ? 1 : 0;
    at::manual_seed(6);
    const UNetParameters start = random_parameters(options);
    const Tensor x = at::randn({2, options.stem_channels(), 16, 16});
    const Tensor t =
        options.noise_map ? at::tensor({3.0F, 871.0F, 20.0F, 20.0F}).view({2, 2}) : at::tensor({3.0F, 871.0F});
    const Tensor cotangent = at::randn({2, 6, 16, 16});
    const auto run = [&](at::ScalarType type, at::MemoryFormat format) {
      UNetParameters parameters;
      std::vector<Tensor> leaves;
      for (const auto& [name, tensor] : start) leaves.push_back(parameters[name] = leaf_of(tensor.to(type)));
      return differentiated(unet_forward(options, parameters, x.to(type).contiguous(format), t), leaves, cotangent);
    };
    const Differentiated exact = run(at::kDouble, at::MemoryFormat::Contiguous);
    const Differentiated met = run(at::kFloat, channels_last);
    // of biases before a norm of single channels the gradient is 0: rounding of others' size is all there is
    double longest = 0;
    for (std::size_t k = 1; k < exact.size(); ++k) longest = std::max(longest, exact[k].norm().item<double>());
    for (std::size_t k = 0; k < exact.size(); ++k) {
      const double error = (met[k].to(at::kDouble) - exact[k]).norm().item<double>();
      EXPECT_LT(error, 2e-5 * exact[k].norm().item<double>() + 1e-7 * longest) << k;
    }
  }
}

}  // namespace
}  // namespace dpsbench
