#include "priors/unet/frozen_attention.h"

#include <cmath>

#include "priors/passes/tf32_scope.h"

namespace dpsbench {
namespace {

/// [B, C, H, W] -> [B, pixels, C].
Tensor pixels_first(const Tensor& x) { return x.flatten(2).transpose(1, 2); }

/// [B, pixels, C] -> [B, C, H, W] like `image`.
Tensor pixels_last(const Tensor& x, const Tensor& image) {
  return x.transpose(1, 2).unflatten(2, image.sizes().slice(2)).contiguous(frozen_memory_format);
}

/// bfloat16 as float: logits of eight bits would be off by several percent.
Tensor exact(const Tensor& x) { return x.scalar_type() == at::kBFloat16 ? x.to(at::kFloat) : x; }

/// softmax over the keys of q . k / sqrt(width): [B, heads, pixels, pixels]. The scale is split between both, as in
/// guided-diffusion. Never in TF32: those of the fused kernel, which the pass back stands for, are not.
Tensor attention_weights(const Tensor& q, const Tensor& k, double scale) {
  const Tf32Scope single_precision(false, q.device());
  return at::matmul(q * scale, (k * scale).mT()).softmax(-1);
}

}  // namespace

/// q, k, v: [B, heads, pixels, width].
struct FrozenAttention::Parts {
  Tensor q, k, v;
  double scale;
};

FrozenAttention::FrozenAttention(const UNetOptions& options, const UNetLayer& layer, const UNetParameters& parameters)
    : heads_(attention_heads(options, layer.in_channels)),
      scale_(options.skip_scale),
      heads_outermost_(!options.use_new_attention_order) {
  const auto at = [&](const char* name) { return parameters.at(layer.prefix + name); };
  norm_ = FrozenNorm(options, at("norm.weight"), at("norm.bias"), false);
  qkv_ = FrozenConvolution(at("qkv.weight").unsqueeze(3), at("qkv.bias"));
  out_ = FrozenConvolution(at("proj_out.weight").unsqueeze(3), at("proj_out.bias"));
}

FrozenAttention::Parts FrozenAttention::split(const Tensor& qkv) const {
  const std::int64_t width = qkv.size(2) / (3 * heads_);
  const Tensor parts = heads_outermost_ ? qkv.unflatten(2, {heads_, 3, width}).permute({3, 0, 2, 1, 4})
                                        : qkv.unflatten(2, {3, heads_, width}).permute({2, 0, 3, 1, 4});
  return {parts[0], parts[1], parts[2], 1 / std::sqrt(std::sqrt(static_cast<double>(width)))};
}

Tensor FrozenAttention::attend(const Tensor& qkv) const {
  if (!qkv.is_cpu()) {  // fused: never holds the weights
    const Parts parts = split(qkv);
    return at::scaled_dot_product_attention(parts.q, parts.k, parts.v);
  }
  const Parts parts = split(exact(qkv));
  return at::matmul(attention_weights(parts.q, parts.k, parts.scale), parts.v).to(qkv.scalar_type());
}

Tensor FrozenAttention::forward(const Tensor& x, const Tensor&, Tape* tape) const {
  const Tensor qkv = pixels_first(qkv_.forward(norm_.forward(x, tape)));
  if (tape != nullptr) tape->push(qkv);
  return scaled(out_.forward(pixels_last(attend(qkv).transpose(1, 2).flatten(2), x), x), scale_);
}

// ATen's fused pass back takes one cotangent and its own forward pass's sums; this one serves all at once.
Tensor FrozenAttention::backward(const Tensor& unscaled, Tape& tape) const {
  const Tensor gradient = scaled(unscaled, scale_);
  const Parts parts = split(exact(tape.pop()));
  const Tensor weights = attention_weights(parts.q, parts.k, parts.scale);
  const std::int64_t images = parts.q.size(0);
  // [K, B, heads, pixels, width]: B and what follows broadcasts against what was kept
  const Tensor of_attended = exact(pixels_first(out_.backward(gradient)))
                                 .unflatten(2, {heads_, -1})
                                 .transpose(1, 2)
                                 .unflatten(0, {-1, images});
  const Tensor of_v = at::matmul(weights.mT(), of_attended);
  const Tensor of_weights = at::matmul(of_attended, parts.v.mT());
  const Tensor of_logits = weights * (of_weights - (of_weights * weights).sum(-1, true));
  const Tensor of_q = at::matmul(of_logits, parts.k) * (parts.scale * parts.scale);
  const Tensor of_k = at::matmul(of_logits.mT(), parts.q) * (parts.scale * parts.scale);
  // back to the order of the channels: [K B, pixels, 3 C]
  const Tensor stacked = at::stack({of_q, of_k, of_v}).flatten(1, 2);  // [3, K B, heads, pixels, width]
  const Tensor of_qkv =
      stacked.permute(heads_outermost_ ? at::IntArrayRef{1, 3, 2, 0, 4} : at::IntArrayRef{1, 3, 0, 2, 4})
          .flatten(2)
          .to(gradient.scalar_type());
  return norm_.backward(qkv_.backward(pixels_last(of_qkv, gradient)), gradient, tape);
}

}  // namespace dpsbench
