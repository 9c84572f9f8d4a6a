#include "priors/unet/transformer.h"

#include <cmath>

namespace dpsbench {
namespace {

/// Tokens [B, T, C] attending to others [B or 1, S, D].
Tensor attend(const UNetParameters& parameters, const std::string& prefix, const Tensor& tokens, const Tensor& others,
              std::int64_t heads) {
  const auto by_heads = [&](const char* name, const Tensor& from) {
    return at::linear(from, parameters.at(prefix + name)).unflatten(2, {heads, -1}).transpose(1, 2);
  };
  const Tensor q = by_heads("to_q.weight", tokens);
  const Tensor logits = at::matmul(q, by_heads("to_k.weight", others).mT());
  const Tensor weights = (logits / std::sqrt(static_cast<double>(q.size(3)))).softmax(-1);
  const Tensor attended = at::matmul(weights, by_heads("to_v.weight", others)).transpose(1, 2).flatten(2);
  return at::linear(attended, parameters.at(prefix + "to_out.0.weight"), parameters.at(prefix + "to_out.0.bias"));
}

}  // namespace

Tensor transformer_forward(const UNetOptions& options, const UNetLayer& layer, const UNetParameters& parameters,
                           const Tensor& x) {
  const std::string block = layer.prefix + "transformer_blocks.0.";
  const std::int64_t heads = attention_heads(options, layer.in_channels);
  const auto with = [&](const std::string& name) {
    return std::pair(parameters.at(name + "weight"), parameters.at(name + "bias"));
  };
  const auto projected = [&](const std::string& name, const Tensor& maps) {
    const auto [weight, bias] = with(layer.prefix + name);
    return at::conv2d(maps, weight, bias);
  };
  const auto normalised = [&](const std::string& name, const Tensor& tokens) {
    const auto [weight, bias] = with(block + name);
    return at::layer_norm(tokens, {tokens.size(2)}, weight, bias, 1e-5);
  };
  const auto linear = [&](const std::string& name, const Tensor& tokens) {
    const auto [weight, bias] = with(block + name);
    return at::linear(tokens, weight, bias);
  };
  const auto [weight, bias] = with(layer.prefix + "norm.");
  const Tensor in =
      projected("proj_in.", at::group_norm(x, options.groups_of(layer.in_channels).count, weight, bias, 1e-6));
  Tensor tokens = in.flatten(2).transpose(1, 2);
  const Tensor self = normalised("norm1.", tokens);
  tokens = tokens + attend(parameters, block + "attn1.", self, self, heads);
  tokens = tokens + attend(parameters, block + "attn2.", normalised("norm2.", tokens),
                           parameters.at("context").unsqueeze(0), heads);
  const std::vector<Tensor> halves = linear("ff.net.0.proj.", normalised("norm3.", tokens)).chunk(2, 2);
  tokens = tokens + linear("ff.net.2.", halves[0] * at::gelu(halves[1]));
  return x + projected("proj_out.", tokens.transpose(1, 2).reshape(x.sizes()));
}

std::vector<ParameterSpec> transformer_parameters(const UNetOptions& options, const UNetLayer& layer) {
  const std::int64_t channels = layer.in_channels;
  std::vector<ParameterSpec> specs;
  const auto add = [&](const std::string& name, const std::vector<std::int64_t>& shape, bool bias = true) {
    specs.push_back({layer.prefix + name + "weight", shape});
    if (bias) specs.push_back({layer.prefix + name + "bias", {shape[0]}});
  };
  const std::string block = "transformer_blocks.0.";
  add("norm.", {channels});
  add("proj_in.", {channels, channels, 1, 1});
  for (const std::string attention : {"attn1.", "attn2."}) {
    const std::int64_t told = attention == "attn1." ? channels : options.context_dim;
    add(block + attention + "to_q.", {channels, channels}, false);
    add(block + attention + "to_k.", {channels, told}, false);
    add(block + attention + "to_v.", {channels, told}, false);
    add(block + attention + "to_out.0.", {channels, channels});
  }
  add(block + "ff.net.0.proj.", {8 * channels, channels});
  add(block + "ff.net.2.", {channels, 4 * channels});
  for (const char* norm : {"norm1.", "norm2.", "norm3."}) add(block + norm, {channels});
  add("proj_out.", {channels, channels, 1, 1});
  return specs;
}

}  // namespace dpsbench
