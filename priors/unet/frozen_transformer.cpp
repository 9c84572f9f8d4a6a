#include "priors/unet/frozen_transformer.h"

#include "priors/unet/dot_attention.h"

namespace dpsbench {
namespace {

constexpr double norm_epsilon_of_transformers = 1e-6;  ///< of its group normalisation; residual blocks have their own
constexpr double epsilon_of_pixel_norms = 1e-5;

Tensor channels_last(const Tensor& x) { return x.permute({0, 2, 3, 1}); }
Tensor channels_second(const Tensor& x) { return x.permute({0, 3, 1, 2}).contiguous(frozen_memory_format); }

/// [B, C, H, W] -> [B, heads, pixels, width]: a head's channels lie together.
Tensor by_heads(const Tensor& x, std::int64_t heads) { return x.flatten(2).unflatten(1, {heads, -1}).transpose(2, 3); }

/// The reverse, to maps like `image`.
Tensor as_maps(const Tensor& x, const Tensor& image) {
  return x.transpose(2, 3).flatten(1, 2).unflatten(2, image.sizes().slice(2)).contiguous(frozen_memory_format);
}

/// Queries, keys and values, one third of the channels each.
AttentionInputs thirds(const Tensor& qkv, std::int64_t heads) {
  const std::vector<Tensor> parts = qkv.chunk(3, 1);
  return {by_heads(parts[0], heads), by_heads(parts[1], heads), by_heads(parts[2], heads)};
}

/// One context's keys or values: [tokens, numbers] -> [1, heads, tokens, width].
Tensor of_context(const Tensor& context, const Tensor& weight, std::int64_t heads) {
  return at::linear(context.to(weight.scalar_type()), weight).unflatten(1, {heads, -1}).transpose(0, 1).unsqueeze(0);
}

/// [K B, C, H, W] -> [K, B, heads, pixels, width].
Tensor by_cotangent(const Tensor& gradient, std::int64_t heads, std::int64_t images) {
  return by_heads(gradient, heads).unflatten(0, {-1, images});
}

}  // namespace

Tensor FrozenPixelNorm::forward(const Tensor& x, Tape* tape) const {
  const Tensor rows = widened(channels_last(x));
  auto [y, mean, reciprocal_deviation] =
      at::native_layer_norm(rows, {rows.size(3)}, widened(weight_), widened(bias_), epsilon_of_pixel_norms);
  if (tape != nullptr) tape->push((rows - mean) * reciprocal_deviation);
  if (tape != nullptr) tape->push(reciprocal_deviation);
  return channels_second(y).to(x.scalar_type());
}

Tensor FrozenPixelNorm::backward(const Tensor& gradient, Tape& tape) const {
  const Tensor reciprocal_deviation = tape.pop();
  const Tensor normalised = tape.pop();
  const Tensor of_normalised =
      (widened(channels_last(gradient)) * widened(weight_)).unflatten(0, {-1, normalised.size(0)});
  const Tensor of_x =
      (of_normalised - of_normalised.mean(-1, true) - normalised * (of_normalised * normalised).mean(-1, true)) *
      reciprocal_deviation;
  return channels_second(of_x.flatten(0, 1)).to(gradient.scalar_type());
}

FrozenTransformer::FrozenTransformer(const UNetOptions& options, const UNetLayer& layer,
                                     const UNetParameters& parameters)
    : heads_(attention_heads(options, layer.in_channels)) {
  const auto named = [&](const std::string& name) { return parameters.at(layer.prefix + name); };
  const auto in_block = [&](const char* name) { return named(std::string("transformer_blocks.0.") + name); };
  const auto linear = [&](const Tensor& weight, const Tensor& bias) {
    return FrozenConvolution(weight.view({weight.size(0), weight.size(1), 1, 1}), bias);
  };
  UNetOptions of_norm = options;
  of_norm.norm_eps = norm_epsilon_of_transformers;
  norm_ = FrozenNorm(of_norm, named("norm.weight"), named("norm.bias"), false);
  in_ = FrozenConvolution(named("proj_in.weight"), named("proj_in.bias"));
  self_norm_ = {in_block("norm1.weight"), in_block("norm1.bias")};
  self_qkv_ = linear(
      at::cat({in_block("attn1.to_q.weight"), in_block("attn1.to_k.weight"), in_block("attn1.to_v.weight")}), {});
  self_out_ = linear(in_block("attn1.to_out.0.weight"), in_block("attn1.to_out.0.bias"));
  context_norm_ = {in_block("norm2.weight"), in_block("norm2.bias")};
  context_q_ = linear(in_block("attn2.to_q.weight"), {});
  context_k_ = of_context(parameters.at("context"), in_block("attn2.to_k.weight"), heads_);
  context_v_ = of_context(parameters.at("context"), in_block("attn2.to_v.weight"), heads_);
  context_out_ = linear(in_block("attn2.to_out.0.weight"), in_block("attn2.to_out.0.bias"));
  gated_norm_ = {in_block("norm3.weight"), in_block("norm3.bias")};
  gated_in_ = linear(in_block("ff.net.0.proj.weight"), in_block("ff.net.0.proj.bias"));
  gated_out_ = linear(in_block("ff.net.2.weight"), in_block("ff.net.2.bias"));
  out_ = FrozenConvolution(named("proj_out.weight"), named("proj_out.bias"));
}

Tensor FrozenTransformer::forward(const Tensor& x, TimeTerms&, Tape* tape) const {
  const auto keep = [&](const Tensor& tensor) {
    if (tape != nullptr) tape->push(tensor);
    return tensor;
  };
  Tensor h = in_.forward(norm_.forward(x, tape));
  const Tensor qkv = keep(self_qkv_.forward(self_norm_.forward(h, tape)));
  h = self_out_.forward(as_maps(attended(thirds(qkv, heads_)), x), h);
  const Tensor q = keep(context_q_.forward(context_norm_.forward(h, tape)));
  h = context_out_.forward(as_maps(attended({by_heads(q, heads_), context_k_, context_v_}), x), h);
  const Tensor both = keep(gated_in_.forward(gated_norm_.forward(h, tape)));
  const std::vector<Tensor> halves = both.chunk(2, 1);
  h = gated_out_.forward(halves[0] * at::gelu(halves[1]), h);
  return out_.forward(h, x);
}

Tensor FrozenTransformer::backward(const Tensor& gradient, Tape& tape) const {
  Tensor of_h = out_.backward(gradient);

  const Tensor both = widened(tape.pop());
  const std::int64_t images = both.size(0);
  const Tensor of_gated = widened(gated_out_.backward(of_h)).unflatten(0, {-1, images});
  const std::vector<Tensor> halves = both.chunk(2, 1);
  const Tensor of_gate = of_gated * halves[0];
  const Tensor of_both =
      at::cat({of_gated * at::gelu(halves[1]), at::gelu_backward(of_gate, halves[1].expand_as(of_gate))}, 2)
          .flatten(0, 1)
          .to(gradient.scalar_type());
  of_h = of_h + gated_norm_.backward(gated_in_.backward(of_both), tape);

  const AttentionInputs told{by_heads(tape.pop(), heads_), context_k_, context_v_};
  const AttentionInputs of_told =
      attention_gradients(told, by_cotangent(context_out_.backward(of_h), heads_, images), /*of_keys=*/false);
  const Tensor of_q = as_maps(of_told.q.flatten(0, 1), gradient).to(gradient.scalar_type());
  of_h = of_h + context_norm_.backward(context_q_.backward(of_q), tape);

  const AttentionInputs own = thirds(tape.pop(), heads_);
  const AttentionInputs of_own = attention_gradients(own, by_cotangent(self_out_.backward(of_h), heads_, images));
  std::vector<Tensor> of_qkv;
  for (const Tensor& part : {of_own.q, of_own.k, of_own.v}) of_qkv.push_back(as_maps(part.flatten(0, 1), gradient));
  of_h = of_h + self_norm_.backward(self_qkv_.backward(at::cat(of_qkv, 1).to(gradient.scalar_type())), tape);

  return norm_.backward(in_.backward(of_h), gradient, tape);
}

}  // namespace dpsbench
