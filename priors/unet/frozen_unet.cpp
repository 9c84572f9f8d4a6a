#include "priors/unet/frozen_unet.h"

#include <ATen/core/grad_mode.h>

#include "core/error.h"
#include "priors/passes/tf32_scope.h"
#include "priors/unet/unet.h"

namespace dpsbench {
namespace {

using Block = std::vector<std::unique_ptr<FrozenLayer>>;

Tensor through(const Block& block, Tensor h, TimeTerms& time, Tape* tape) {
  for (const auto& layer : block) h = layer->forward(h, time, tape);
  return h;
}

Tensor back_through(const Block& block, Tensor gradient, Tape& tape) {
  for (auto layer = block.rbegin(); layer != block.rend(); ++layer) gradient = (*layer)->backward(gradient, tape);
  return gradient;
}

}  // namespace

FrozenUNet::FrozenUNet(const UNetOptions& options, const UNetParameters& parameters, Torso torso)
    : options_(checked(options)),
      products_in_tf32_(torso == Torso::tf32),
      edges_in_tf32_(torso != Torso::as_the_rest),
      torso_type_(parameters.at("middle_block.0.in_layers.2.weight").scalar_type()) {
  const auto build = [&](const UNetBlock& layers) {
    Block block;
    for (const UNetLayer& layer : layers) block.push_back(frozen_layer(options, layer, parameters));
    return block;
  };
  const UNetStructure structure = unet_structure(options);
  for (const UNetBlock& block : structure.input_blocks) input_blocks_.push_back(build(block));
  for (const auto& [block, layer] : structure.pyramid)
    pyramid_[block] = FrozenConvolution(parameters.at(layer.prefix + "weight"), parameters.at(layer.prefix + "bias"));
  if (options.fourier) frequencies_ = {*parameters.find("time_embed.frequencies.weight")};
  middle_block_ = build(structure.middle_block);
  std::int64_t channels = structure.middle_block.back().out_channels;
  for (const UNetBlock& block : structure.output_blocks) {
    output_blocks_.push_back(build(block));
    own_channels_.push_back(channels);
    channels = block.back().out_channels;
  }
  for (const int k : {0, 1}) {
    time_weight_[k] = parameters.at(fmt::format("time_embed.{}.weight", 2 * k));
    time_bias_[k] = parameters.at(fmt::format("time_embed.{}.bias", 2 * k));
  }
  out_norm_ = FrozenNorm(options_, parameters.at("out.0.weight"), parameters.at("out.0.bias"), true);
  out_convolution_ = FrozenConvolution(parameters.at("out.2.weight"), parameters.at("out.2.bias"));
}

Tensor FrozenUNet::embedding(const Tensor& t, const TimeBiases& told) const {
  if (t.size(0) > 1) {  // each image's alone, as row_by_row() says
    std::vector<Tensor> rows;
    for (std::int64_t i = 0; i < t.size(0); ++i) rows.push_back(embedding(t.narrow(0, i, 1), told));
    return at::cat(rows);
  }
  const auto bias = [&](int k) { return told[k].defined() ? told[k] : time_bias_[k]; };
  const Tensor hidden = at::silu(at::linear(unet_time_features(options_, t, frequencies_), time_weight_[0], bias(0)));
  return at::silu(at::linear(hidden, time_weight_[1], bias(1)));
}

Tensor FrozenUNet::forward(const Tensor& x, const Tensor& t, Tape* tape, const TimeBiases& told) const {
  check_unet_input(options_, x, t);
  TimeTerms time = terms_of(t, told);
  return forward(x, time, tape);
}

TimeTerms FrozenUNet::terms_of(const Tensor& t, const TimeBiases& told) const {
  const at::NoGradGuard no_grad;
  const Tf32Scope tf32(products_in_tf32_, t.device());
  return TimeTerms(embedding(t.to(time_weight_[0].scalar_type()), told));
}

Tensor FrozenUNet::forward(const Tensor& x, TimeTerms& time, Tape* tape) const {
  const at::NoGradGuard no_grad;
  const Tf32Scope tf32(products_in_tf32_, x.device());
  Tensor h = x.contiguous(frozen_memory_format);
  std::vector<Tensor> kept;
  Tensor pyramid = h;
  for (const Block& block : input_blocks_) {
    const Tf32Scope of_layer(kept.empty() ? edges_in_tf32_ : products_in_tf32_, x.device());
    h = through(block, h, time, tape).to(torso_type_);
    if (const auto joining = pyramid_.find(kept.size()); joining != pyramid_.end()) {
      const Tensor wide = joining->second.forward(at::constant_pad_nd(pyramid, {1, 1, 1, 1}));
      pyramid = scaled(h + smoothly_halved(wide), options_.skip_scale).contiguous(frozen_memory_format);
      h = pyramid.to(torso_type_);
    }
    kept.push_back(h);
  }
  h = through(middle_block_, h, time, tape);
  for (const Block& block : output_blocks_) {
    h = through(block, at::cat({h, kept.back()}, 1), time, tape);
    kept.pop_back();
  }
  const Tf32Scope of_layer(edges_in_tf32_, x.device());
  return out_convolution_.forward(out_norm_.forward(h.to(x.scalar_type()), tape));
}

std::vector<Tensor> FrozenUNet::pull_back(Tape& tape, const std::vector<Tensor>& cotangents) const {
  if (tape.empty()) throw Error("a forward pass of the network can be pulled back once, and only if its tape was kept");
  if (cotangents.empty()) return {};
  const at::NoGradGuard no_grad;
  const at::Device device = cotangents[0].device();
  const Tf32Scope tf32(products_in_tf32_, device);
  const auto from_output = [&] {
    const Tf32Scope of_layer(edges_in_tf32_, device);
    return out_norm_.backward(out_convolution_.backward(at::cat(cotangents)), {}, tape).to(torso_type_);
  };
  Tensor gradient = from_output();
  std::vector<Tensor> of_kept;  // gradients of the input blocks' outputs, the first block's first
  for (std::size_t k = output_blocks_.size(); k-- > 0;) {
    const Tensor both = back_through(output_blocks_[k], gradient, tape);
    gradient = both.narrow(1, 0, own_channels_[k]).contiguous(frozen_memory_format);
    of_kept.push_back(both.narrow(1, own_channels_[k], both.size(1) - own_channels_[k]));
  }
  gradient = back_through(middle_block_, gradient, tape);
  Tensor of_pyramid;
  for (std::size_t k = input_blocks_.size(); k-- > 0;) {
    gradient.add_(of_kept.back());
    of_kept.pop_back();
    if (const auto joining = pyramid_.find(k); joining != pyramid_.end()) {
      Tensor of_joint = gradient.to(cotangents[0].scalar_type());
      if (of_pyramid.defined()) of_joint = of_joint + of_pyramid;
      of_joint = scaled(of_joint, options_.skip_scale);
      const Tensor of_wide = joining->second.backward(smoothly_halved_back(of_joint));
      of_pyramid = of_wide.narrow(2, 1, of_wide.size(2) - 2).narrow(3, 1, of_wide.size(3) - 2);
      gradient = of_joint.to(torso_type_);
    }
    const Tf32Scope of_layer(k == 0 ? edges_in_tf32_ : products_in_tf32_, device);
    if (k == 0) gradient = gradient.to(cotangents[0].scalar_type());  // the first layer's
    gradient = back_through(input_blocks_[k], gradient, tape);
  }
  if (of_pyramid.defined()) gradient = gradient + of_pyramid;
  return gradient.contiguous().chunk(static_cast<std::int64_t>(cotangents.size()));
}

}  // namespace dpsbench
