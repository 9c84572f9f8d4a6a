#include "priors/unet/unet.h"

#include <cmath>
#include <numbers>

#include "core/error.h"
#include "priors/unet/differentiable.h"
#include "priors/unet/transformer.h"

namespace dpsbench {
namespace {

using Kind = UNetLayer::Kind;

class Forward {
 public:
  Forward(const UNetOptions& options, const UNetParameters& parameters,
          const std::function<Tensor(const Tensor&)>& dropout)
      : options_(options), parameters_(parameters), dropout_(dropout) {}

  Tensor run(const Tensor& x, const Tensor& t) {
    // every user of the embedding applies SiLU to it first
    activated_embedding_ = at::silu(
        linear("time_embed.2.", at::silu(linear("time_embed.0.", unet_time_features(options_, t, parameters_)))));
    const UNetStructure structure = unet_structure(options_);
    std::vector<Tensor> kept;
    fused_ = takes_fused_kernels(x);
    Tensor h = x;
    Tensor pyramid = x;
    for (const UNetBlock& block : structure.input_blocks) {
      h = through(block, h);
      if (const auto joining = structure.pyramid.find(kept.size()); joining != structure.pyramid.end())
        h = pyramid = scaled(
            h + smoothly_halved(convolution(joining->second.prefix, at::constant_pad_nd(pyramid, {1, 1, 1, 1}))));
      kept.push_back(h);
    }
    h = through(structure.middle_block, h);
    for (const UNetBlock& block : structure.output_blocks) {
      h = through(block, at::cat({h, kept.back()}, 1));
      kept.pop_back();
    }
    return convolution("out.2.", activated("out.0.", h));
  }

 private:
  Tensor through(const UNetBlock& block, Tensor h) {
    for (const UNetLayer& layer : block) {
      h = through(layer, h);
      if (fused_) h = h.contiguous(at::MemoryFormat::ChannelsLast);
    }
    return h;
  }

  Tensor through(const UNetLayer& layer, const Tensor& h) {
    switch (layer.kind) {
      case Kind::convolution:
        return convolution(layer.prefix, h);
      case Kind::residual:
        return residual(layer, h);
      case Kind::attention:
        return options_.context_dim > 0 ? transformer_forward(options_, layer, parameters_, h) : attention(layer, h);
      case Kind::downsample:
        return convolution(layer.prefix + "op.", h, 2, options_.downsample_padding);
      case Kind::upsample:
        return convolution(layer.prefix + "conv.", resampled(h, Resampling::twice));
    }
    throw Error("unknown layer");
  }

  Tensor residual(const UNetLayer& layer, const Tensor& x) {
    const std::string& prefix = layer.prefix;
    Tensor h = activated(prefix + "in_layers.0.", x);
    h = convolution(prefix + "in_layers.2.", resampled(h, layer.resampling));
    const Tensor told = linear(prefix + "emb_layers.1.", activated_embedding_);
    if (options_.use_scale_shift_norm) {
      const std::vector<Tensor> scale_shift = told.chunk(2, 1);
      h = activated(prefix + "out_layers.0.", h, 1 + scale_shift[0], scale_shift[1]);
    } else {
      h = activated(prefix + "out_layers.0.", h + told.unsqueeze(-1).unsqueeze(-1));
    }
    if (dropout_) h = dropout_(h);
    h = convolution(prefix + "out_layers.3.", h);
    const Tensor skip = resampled(x, layer.resampling);
    return scaled((layer.skip_convolution ? convolution(prefix + "skip_connection.", skip) : skip) + h);
  }

  Tensor attention(const UNetLayer& layer, const Tensor& x) {
    const std::int64_t images = x.size(0);
    const std::int64_t pixels = x.size(2) * x.size(3);
    const std::int64_t heads = attention_heads(options_, layer.in_channels);
    const std::int64_t width = layer.in_channels / heads;
    const Tensor qkv = along_pixels(layer.prefix + "qkv.", normalised(layer.prefix + "norm.", x).flatten(2));
    // [B, heads, q k v, width, pixels] or, in the new order, [B, q k v, heads, width, pixels]
    const std::int64_t of_parts = options_.use_new_attention_order ? 1 : 2;
    const Tensor parts = options_.use_new_attention_order ? qkv.reshape({images, 3, heads, width, pixels})
                                                          : qkv.reshape({images, heads, 3, width, pixels});
    const double scale = 1 / std::sqrt(std::sqrt(static_cast<double>(width)));
    const Tensor q = parts.select(of_parts, 0) * scale;
    const Tensor k = parts.select(of_parts, 1) * scale;
    const Tensor weights = at::matmul(q.transpose(2, 3), k).softmax(-1);  // over the keys
    const Tensor attended = at::matmul(parts.select(of_parts, 2), weights.transpose(2, 3));
    const Tensor h = along_pixels(layer.prefix + "proj_out.", attended.reshape({images, layer.in_channels, pixels}));
    return scaled(x + h.view_as(x));
  }

  [[nodiscard]] Tensor scaled(const Tensor& sum) const {
    return options_.skip_scale == 1 ? sum : sum * options_.skip_scale;
  }

  /// `before`: rows and columns of zeros before the image; of its 3x3 neighbours, the others are behind.
  Tensor convolution(const std::string& prefix, const Tensor& x, std::int64_t stride = 1, std::int64_t before = 1) {
    const Tensor& weight = parameter(prefix, "weight");
    if (fused_ && stride == 1) return differentiable_convolution(x, weight, parameter(prefix, "bias"));
    if (before == 0)
      return at::conv2d(at::constant_pad_nd(x, {0, 1, 0, 1}), weight, parameter(prefix, "bias"), {stride, stride});
    const std::int64_t padding = weight.size(-1) / 2;
    return at::conv2d(x, weight, parameter(prefix, "bias"), {stride, stride}, {padding, padding});
  }

  Tensor along_pixels(const std::string& prefix, const Tensor& x) {
    return at::conv1d(x, parameter(prefix, "weight"), parameter(prefix, "bias"));
  }

  Tensor linear(const std::string& prefix, const Tensor& x) {
    return at::linear(x, parameter(prefix, "weight"), parameter(prefix, "bias"));
  }

  Tensor normalised(const std::string& prefix, const Tensor& x) {
    const NormGroups groups = options_.groups_of(x.size(1));
    return at::group_norm(x, groups.count, parameter(prefix, "weight"), parameter(prefix, "bias"), groups.epsilon);
  }

  /// SiLU of the normalised.
  Tensor activated(const std::string& prefix, const Tensor& x) {
    const NormGroups groups = options_.groups_of(x.size(1));
    if (!has_kernel(x, groups)) return at::silu(normalised(prefix, x));
    return differentiable_norm(x, parameter(prefix, "weight").unsqueeze(0), parameter(prefix, "bias").unsqueeze(0),
                               true, groups);
  }

  /// The same with the time's scale and shift, [1 or B, C], between the two.
  Tensor activated(const std::string& prefix, const Tensor& x, const Tensor& scale, const Tensor& shift) {
    const auto of_pixels = [](const Tensor& rows) { return rows.unsqueeze(-1).unsqueeze(-1); };
    const NormGroups groups = options_.groups_of(x.size(1));
    if (!has_kernel(x, groups)) return at::silu(normalised(prefix, x) * of_pixels(scale) + of_pixels(shift));
    return differentiable_norm(x, parameter(prefix, "weight") * scale, parameter(prefix, "bias") * scale + shift, true,
                               groups);
  }

  [[nodiscard]] bool has_kernel(const Tensor& x, const NormGroups& groups) const {
    return fused_ && has_norm_kernels(groups.count, x.size(1));
  }

  const Tensor& parameter(const std::string& prefix, const char* name) {
    const auto found = parameters_.find(prefix + name);
    if (found == parameters_.end()) throw Error(fmt::format("the U-Net's parameter {}{} is not there", prefix, name));
    return found->second;
  }

  const UNetOptions& options_;
  const UNetParameters& parameters_;
  const std::function<Tensor(const Tensor&)>& dropout_;
  Tensor activated_embedding_;
  bool fused_ = false;  ///< whether layers go through the kernels of differentiable.h
};

}  // namespace

namespace {

/// Both waves of angles [B, n], side by side: [B, 2 n].
Tensor waves(const Tensor& angles, bool sin_first) {
  return sin_first ? at::cat({angles.sin(), angles.cos()}, 1) : at::cat({angles.cos(), angles.sin()}, 1);
}

}  // namespace

Tensor timestep_embedding(const Tensor& t, std::int64_t dimension, const UNetOptions& options) {
  const std::int64_t half = dimension / 2;
  const auto steps = static_cast<double>(half - options.freq_shift);
  // in the reference's order of rounding: at t = 999 one unit in the last place of a frequency moves an angle by 6e-5
  const Tensor frequencies = (at::arange(half, t.options()) * -std::log(10000.0) / steps).exp();
  const Tensor embedding = waves(t.unsqueeze(1) * frequencies, options.sin_first);
  return dimension % 2 == 0 ? embedding : at::constant_pad_nd(embedding, {0, 1});
}

Tensor unet_time_features(const UNetOptions& options, const Tensor& t, const UNetParameters& parameters) {
  if (options.fourier) {
    const Tensor frequencies = parameters.at("time_embed.frequencies.weight") * (2 * std::numbers::pi);
    return waves(t.unsqueeze(1) * frequencies, options.sin_first);
  }
  if (t.dim() == 1) return timestep_embedding(t, options.num_channels, options);
  return timestep_embedding(t.flatten(), options.num_channels / t.size(1), options)
      .view({t.size(0), options.num_channels});
}

void check_unet_input(const UNetOptions& options, const Tensor& x, const Tensor& t) {
  const std::int64_t factor = std::int64_t{1} << (options.channel_mult.size() - 1);
  if (x.dim() != 4 || x.size(1) != options.stem_channels() || x.size(2) % factor != 0 || x.size(3) % factor != 0)
    throw Error(fmt::format("a U-Net for {} channels and multiples of {} pixels was given [{}]",
                            options.stem_channels(), factor, fmt::join(x.sizes(), ", ")));
  const bool one_an_image = options.noise_map ? t.dim() == 2 && t.size(1) == 2 : t.dim() == 1;
  if (!one_an_image || (t.size(0) != 1 && t.size(0) != x.size(0)))
    throw Error(fmt::format("{} images need one time{} or as many, not [{}]", x.size(0),
                            options.noise_map ? " of the least noise and one of the greatest" : "",
                            fmt::join(t.sizes(), ", ")));
}

Tensor unet_forward(const UNetOptions& options, const UNetParameters& parameters, const Tensor& x, const Tensor& t,
                    const std::function<Tensor(const Tensor&)>& dropout) {
  const UNetOptions complete = checked(options);
  check_unet_input(complete, x, t);
  return Forward(complete, parameters, dropout).run(x, t.to(x.scalar_type()));
}

}  // namespace dpsbench
