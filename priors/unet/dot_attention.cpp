#include "priors/unet/dot_attention.h"

#include <cmath>

#include "priors/passes/tf32_scope.h"

namespace dpsbench {
namespace {

/// Keys or values of each image, where there is one for all: products that repeat a matrix choose their order of sums
/// by the number of images.
Tensor of_each(const Tensor& x, const AttentionInputs& inputs) {
  return x.size(0) == inputs.q.size(0) ? x : x.expand({inputs.q.size(0), -1, -1, -1}).contiguous();
}

AttentionInputs computed_inputs(const AttentionInputs& inputs) {
  return {widened(inputs.q), widened(of_each(inputs.k, inputs)), widened(of_each(inputs.v, inputs))};
}

/// Half of the scale, which is split between both, as in guided-diffusion.
double half_scale(const Tensor& q) { return 1 / std::sqrt(std::sqrt(static_cast<double>(q.size(3)))); }

/// [B, heads, tokens, keys]. Never in TF32: those of the fused kernel, which the pass back stands for, are not.
Tensor attention_weights(const AttentionInputs& inputs) {
  const Tf32Scope single_precision(false, inputs.q.device());
  const double scale = half_scale(inputs.q);
  return at::matmul(inputs.q * scale, (inputs.k * scale).mT()).softmax(-1);
}

}  // namespace

Tensor attended(const AttentionInputs& inputs) {
  if (!inputs.q.is_cpu()) {  // fused: never holds the weights
    return at::scaled_dot_product_attention(inputs.q, of_each(inputs.k, inputs), of_each(inputs.v, inputs));
  }
  const AttentionInputs computed = computed_inputs(inputs);
  return at::matmul(attention_weights(computed), computed.v).to(inputs.q.scalar_type());
}

// ATen's fused pass back takes one cotangent and its own forward pass's sums; this one serves all at once.
AttentionInputs attention_gradients(const AttentionInputs& stored, const Tensor& any_gradient, bool of_keys) {
  const AttentionInputs inputs = computed_inputs(stored);
  const Tensor gradient = widened(any_gradient);
  const double scale = half_scale(inputs.q) * half_scale(inputs.q);
  const Tensor weights = attention_weights(inputs);
  const Tensor of_weights = at::matmul(gradient, inputs.v.mT());
  const Tensor of_logits = weights * (of_weights - (of_weights * weights).sum(-1, true));
  AttentionInputs gradients{at::matmul(of_logits, inputs.k) * scale, {}, {}};
  if (!of_keys) return gradients;
  gradients.k = at::matmul(of_logits.mT(), inputs.q) * scale;
  gradients.v = at::matmul(weights.mT(), gradient);
  return gradients;
}

}  // namespace dpsbench
