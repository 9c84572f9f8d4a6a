#include "priors/autoencoder/plain.h"

#include <cmath>

#include "core/error.h"

namespace dpsbench {
namespace {

using Kind = UNetLayer::Kind;

/// One half, layer by layer.
class PlainHalf {
 public:
  PlainHalf(const AutoencoderOptions& options, const UNetParameters& parameters)
      : options_(options), parameters_(parameters) {}

  Tensor run(const AutoencoderHalf& half, Tensor h) const {
    for (const UNetLayer& layer : half.layers) h = through(layer, h);
    return convolution("out.2.", activated("out.0.", h));
  }

 private:
  [[nodiscard]] Tensor through(const UNetLayer& layer, const Tensor& h) const {
    switch (layer.kind) {
      case Kind::convolution:
        return convolution(layer.prefix, h);
      case Kind::residual:
        return residual(layer, h);
      case Kind::attention:
        return attention(layer, h);
      case Kind::downsample:
        return halved(layer.prefix + "op.", h);
      case Kind::upsample:
        return convolution(layer.prefix + "conv.", h.repeat_interleave(2, 2).repeat_interleave(2, 3));
    }
    throw Error("unknown layer");
  }

  [[nodiscard]] Tensor residual(const UNetLayer& layer, const Tensor& x) const {
    const std::string& prefix = layer.prefix;
    const Tensor h = convolution(prefix + "in_layers.2.", activated(prefix + "in_layers.0.", x));
    return (layer.skip_convolution ? convolution(prefix + "skip_connection.", x) : x) +
           convolution(prefix + "out_layers.3.", activated(prefix + "out_layers.0.", h));
  }

  /// One head over all pixels.
  [[nodiscard]] Tensor attention(const UNetLayer& layer, const Tensor& x) const {
    const Tensor qkv = at::conv1d(normalised(layer.prefix + "norm.", x).flatten(2), of(layer.prefix + "qkv.weight"),
                                  of(layer.prefix + "qkv.bias"));
    const std::vector<Tensor> parts = qkv.chunk(3, 1);
    const Tensor weights =
        (at::matmul(parts[0].transpose(1, 2), parts[1]) / std::sqrt(static_cast<double>(layer.in_channels)))
            .softmax(-1);
    const Tensor attended = at::matmul(parts[2], weights.transpose(1, 2));
    return x +
           at::conv1d(attended, of(layer.prefix + "proj_out.weight"), of(layer.prefix + "proj_out.bias")).view_as(x);
  }

  [[nodiscard]] Tensor halved(const std::string& prefix, const Tensor& x) const {
    const bool around = options_.downsample_padding == 1;
    return at::conv2d(around ? x : at::constant_pad_nd(x, {0, 1, 0, 1}), of(prefix + "weight"), of(prefix + "bias"),
                      {2, 2}, {around ? 1 : 0, around ? 1 : 0});
  }

  [[nodiscard]] Tensor convolution(const std::string& prefix, const Tensor& x) const {
    const Tensor& weight = of(prefix + "weight");
    const std::int64_t padding = weight.size(-1) / 2;
    return at::conv2d(x, weight, of(prefix + "bias"), {1, 1}, {padding, padding});
  }

  [[nodiscard]] Tensor normalised(const std::string& prefix, const Tensor& x) const {
    const NormGroups groups = layer_options(options_).groups_of(x.size(1));
    return at::group_norm(x, groups.count, of(prefix + "weight"), of(prefix + "bias"), groups.epsilon);
  }

  [[nodiscard]] Tensor activated(const std::string& prefix, const Tensor& x) const {
    return at::silu(normalised(prefix, x));
  }

  [[nodiscard]] const Tensor& of(const std::string& name) const {
    const auto found = parameters_.find(name);
    if (found == parameters_.end()) throw Error(fmt::format("the autoencoder's parameter {} is not there", name));
    return found->second;
  }

  const AutoencoderOptions& options_;
  const UNetParameters& parameters_;
};

Tensor pointwise(const AutoencoderParameters& parameters, const std::string& prefix, const Tensor& x) {
  return at::conv2d(x, parameters.between.at(prefix + "weight"), parameters.between.at(prefix + "bias"));
}

}  // namespace

Tensor plain_moments(const AutoencoderOptions& options, const AutoencoderParameters& parameters, const Tensor& x) {
  return pointwise(parameters, "quant_conv.",
                   PlainHalf(options, parameters.encoder).run(encoder_structure(options), x));
}

Tensor plain_decoded(const AutoencoderOptions& options, const AutoencoderParameters& parameters, const Tensor& z) {
  return PlainHalf(options, parameters.decoder)
      .run(decoder_structure(options), pointwise(parameters, "post_quant_conv.", z));
}

}  // namespace dpsbench
