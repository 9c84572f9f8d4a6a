#include "priors/unet/frozen_attention.h"

namespace dpsbench {
namespace {

/// [B, C, H, W] -> [B, pixels, C].
Tensor pixels_first(const Tensor& x) { return x.flatten(2).transpose(1, 2); }

/// [B, pixels, C] -> [B, C, H, W] like `image`.
Tensor pixels_last(const Tensor& x, const Tensor& image) {
  return x.transpose(1, 2).unflatten(2, image.sizes().slice(2)).contiguous(frozen_memory_format);
}

}  // namespace

FrozenAttention::FrozenAttention(const UNetOptions& options, const UNetLayer& layer, const UNetParameters& parameters)
    : heads_(attention_heads(options, layer.in_channels)),
      scale_(options.skip_scale),
      heads_outermost_(!options.use_new_attention_order) {
  const auto at = [&](const char* name) { return parameters.at(layer.prefix + name); };
  norm_ = FrozenNorm(options, at("norm.weight"), at("norm.bias"), false);
  qkv_ = FrozenConvolution(at("qkv.weight").unsqueeze(3), at("qkv.bias"));
  out_ = FrozenConvolution(at("proj_out.weight").unsqueeze(3), at("proj_out.bias"));
}

AttentionInputs FrozenAttention::split(const Tensor& qkv) const {
  const std::int64_t width = qkv.size(2) / (3 * heads_);
  const Tensor parts = heads_outermost_ ? qkv.unflatten(2, {heads_, 3, width}).permute({3, 0, 2, 1, 4})
                                        : qkv.unflatten(2, {3, heads_, width}).permute({2, 0, 3, 1, 4});
  return {parts[0], parts[1], parts[2]};
}

Tensor FrozenAttention::forward(const Tensor& x, TimeTerms&, Tape* tape) const {
  const Tensor qkv = pixels_first(qkv_.forward(norm_.forward(x, tape)));
  if (tape != nullptr) tape->push(qkv);
  const Tensor result = attended(split(computable(qkv))).to(qkv.scalar_type());
  return scaled(out_.forward(pixels_last(result.transpose(1, 2).flatten(2), x), x), scale_);
}

Tensor FrozenAttention::backward(const Tensor& unscaled, Tape& tape) const {
  const Tensor gradient = scaled(unscaled, scale_);
  const AttentionInputs parts = split(widened(tape.pop()));
  // [K, B, heads, pixels, width]: B and what follows broadcasts against what was kept
  const Tensor of_attended = widened(pixels_first(out_.backward(gradient)))
                                 .unflatten(2, {heads_, -1})
                                 .transpose(1, 2)
                                 .unflatten(0, {-1, parts.q.size(0)});
  const AttentionInputs of_parts = attention_gradients(parts, of_attended);
  // back to the order of the channels: [K B, pixels, 3 C]
  const Tensor stacked = at::stack({of_parts.q, of_parts.k, of_parts.v}).flatten(1, 2);  // [3, K B, heads, pixels, ...]
  const Tensor of_qkv =
      stacked.permute(heads_outermost_ ? at::IntArrayRef{1, 3, 2, 0, 4} : at::IntArrayRef{1, 3, 0, 2, 4})
          .flatten(2)
          .to(gradient.scalar_type());
  return norm_.backward(qkv_.backward(pixels_last(of_qkv, gradient)), gradient, tape);
}

}  // namespace dpsbench
