#include "priors/unet/differentiable.h"

#include <torch/csrc/autograd/custom_function.h>

#include "priors/kernels/packed_convolution.h"

namespace dpsbench {
namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;
using Direction = PackedConvolution::Direction;

constexpr auto trained_format = at::MemoryFormat::ChannelsLast;

class TrainedConvolution : public torch::autograd::Function<TrainedConvolution> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& any_x, const Tensor& weight, const Tensor& bias) {
    const Tensor x = any_x.detach().contiguous(trained_format);
    context->save_for_backward({x, weight});
    return PackedConvolution(weight.detach(), Direction::forward)(x, bias.detach(), {});
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const Tensor x = saved[0].detach();
    const Tensor weight = saved[1].detach();
    const Tensor gradient = gradients[0].detach().contiguous(trained_format);
    Tensor of_x;
    if (context->needs_input_grad(0)) of_x = input_gradient(gradient, x, weight);
    const std::int64_t padding = weight.size(2) / 2;
    const auto [unused, of_weight, of_bias] =
        at::convolution_backward(gradient, x, weight, at::IntArrayRef({weight.size(0)}), {1, 1}, {padding, padding},
                                 {1, 1}, false, {0, 0}, 1, {false, true, true});
    return {of_x, of_weight.contiguous(), of_bias};
  }

 private:
  static Tensor input_gradient(const Tensor& gradient, const Tensor& x, const Tensor& weight) {
    const PackedConvolution adjoint(weight, Direction::adjoint);
    if (adjoint.suits(gradient)) return adjoint(gradient, {}, {});
    const std::int64_t padding = weight.size(2) / 2;
    return std::get<0>(at::convolution_backward(gradient, x, weight, at::nullopt, {1, 1}, {padding, padding}, {1, 1},
                                                false, {0, 0}, 1, {true, false, false}));
  }
};

class TrainedNorm : public torch::autograd::Function<TrainedNorm> {
 public:
  static Tensor forward(AutogradContext* context, const Tensor& any_x, const Tensor& scale, const Tensor& shift,
                        bool silu, double epsilon) {
    const Tensor x = any_x.detach().contiguous(trained_format);
    const NormAffine affine{scale.detach(), shift.detach()};
    auto [y, statistics] = group_norm_forward(x, affine, silu, {norm_groups, epsilon});
    context->save_for_backward({x, scale, shift, statistics.mean, statistics.reciprocal_deviation});
    context->saved_data["silu"] = silu;
    return y;
  }

  static variable_list backward(AutogradContext* context, const variable_list& gradients) {
    const variable_list saved = context->get_saved_variables();
    const NormAffine affine{saved[1].detach(), saved[2].detach()};
    Tensor of_x = gradients[0].detach().contiguous(trained_format).clone();
    const NormAffine of_affine = group_norm_backward_with_affine_(of_x, saved[0].detach(), affine, {saved[3], saved[4]},
                                                                  context->saved_data["silu"].toBool());
    return {of_x, of_affine.scale, of_affine.shift, Tensor(), Tensor()};
  }
};

}  // namespace

bool takes_fused_kernels(const Tensor& x) {
  return x.is_cpu() && x.scalar_type() == at::kFloat && x.size(1) > 1 && x.is_contiguous(trained_format);
}

Tensor differentiable_convolution(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (PackedConvolution(weight, Direction::forward).suits(x)) return TrainedConvolution::apply(x, weight, bias);
  const std::int64_t padding = weight.size(-1) / 2;
  return at::conv2d(x, weight, bias, {1, 1}, {padding, padding});
}

Tensor differentiable_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, bool silu,
                           const NormGroups& groups) {
  return TrainedNorm::apply(x, scale, shift, silu, groups.epsilon);
}

}  // namespace dpsbench
