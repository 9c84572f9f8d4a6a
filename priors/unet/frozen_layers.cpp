#include "priors/unet/frozen_layers.h"

#include "core/error.h"
#include "priors/unet/frozen_attention.h"
#include "priors/unet/frozen_transformer.h"

namespace dpsbench {
namespace {

using Kind = UNetLayer::Kind;

class Convolution final : public FrozenLayer {
 public:
  Convolution(FrozenConvolution convolution, Resampling before)
      : convolution_(std::move(convolution)), before_(before) {}

  Tensor forward(const Tensor& x, TimeTerms&, Tape*) const override {
    return convolution_.forward(resampled(x, before_));
  }
  Tensor backward(const Tensor& gradient, Tape&) const override {
    return resampled_back(convolution_.backward(gradient), before_);
  }

 private:
  FrozenConvolution convolution_;
  Resampling before_;
};

class Residual final : public FrozenLayer {
 public:
  Residual(const UNetOptions& options, const UNetLayer& layer, const UNetParameters& p)
      : resampling_(layer.resampling),
        told_time_(layer.told_time),
        scale_shift_(options.use_scale_shift_norm),
        has_skip_(layer.skip_convolution),
        scale_(options.skip_scale) {
    const auto at = [&](const char* name) { return p.at(layer.prefix + name); };
    norm_in_ = FrozenNorm(options, at("in_layers.0.weight"), at("in_layers.0.bias"), true);
    convolution_in_ = FrozenConvolution(at("in_layers.2.weight"), at("in_layers.2.bias"));
    if (told_time_) {
      time_weight_ = at("emb_layers.1.weight");
      time_bias_ = at("emb_layers.1.bias");
    }
    norm_out_ = FrozenNorm(options, at("out_layers.0.weight"), at("out_layers.0.bias"), true);
    const Tensor bias = at("out_layers.3.bias");  // the skip connection's is added to it
    convolution_out_ =
        FrozenConvolution(at("out_layers.3.weight"), has_skip_ ? bias + at("skip_connection.bias") : bias);
    if (has_skip_) skip_ = FrozenConvolution(at("skip_connection.weight"), {});
  }

  Tensor forward(const Tensor& x, TimeTerms& time, Tape* tape) const override {
    const Biased inner = convolution_in_.forward_biased(resampled(norm_in_.forward(x, tape), resampling_));
    const Tensor h = told_time_ ? told(inner, time, tape) : norm_out_.forward(inner, tape);
    const Tensor skip = resampled(x, resampling_);
    return scaled(convolution_out_.forward(h, has_skip_ ? skip_.forward(skip) : skip), scale_);
  }

  Tensor backward(const Tensor& unscaled, Tape& tape) const override {
    const Tensor gradient = scaled(unscaled, scale_);
    const Tensor h = convolution_in_.backward(norm_out_.backward(convolution_out_.backward(gradient), {}, tape));
    const Tensor skip = resampled_back(has_skip_ ? skip_.backward(gradient) : gradient, resampling_);
    return norm_in_.backward(resampled_back(h, resampling_), skip, tape);
  }

 private:
  /// The second normalisation of h, whose scale and shift the time is, or to which it is added before.
  [[nodiscard]] Tensor told(const Biased& h, TimeTerms& time, Tape* tape) const {
    const NormAffine& term = time.of(this, [&](const Tensor& embedding) -> NormAffine {
      const Tensor of_time = row_by_row(embedding, time_weight_, time_bias_);
      if (!scale_shift_) return {{}, of_time};
      const std::vector<Tensor> halves = of_time.chunk(2, 1);
      return norm_out_.modulated(halves[0], halves[1]);
    });
    if (scale_shift_) return norm_out_.forward(h, term, tape);
    if (h.bias.defined()) return norm_out_.forward({h.x, h.bias + term.shift}, tape);
    return norm_out_.forward(Tensor(h.x).add_(term.shift.unsqueeze(-1).unsqueeze(-1)), tape);
  }

  Resampling resampling_;
  bool told_time_;
  bool scale_shift_;
  bool has_skip_;
  double scale_;
  FrozenNorm norm_in_;
  FrozenConvolution convolution_in_;
  Tensor time_weight_;
  Tensor time_bias_;
  FrozenNorm norm_out_;
  FrozenConvolution convolution_out_;
  FrozenConvolution skip_;
};

}  // namespace

Tensor scaled(const Tensor& x, double scale) { return scale == 1 ? x : x * scale; }

Tensor row_by_row(const Tensor& x, const Tensor& weight, const Tensor& bias) {
  if (x.size(0) == 1) return at::linear(x, weight, bias);
  std::vector<Tensor> rows;
  for (std::int64_t i = 0; i < x.size(0); ++i) rows.push_back(at::linear(x.narrow(0, i, 1), weight, bias));
  return at::cat(rows);
}

std::size_t Tape::bytes() const {
  std::size_t total = 0;
  for (const Tensor& tensor : saved_)
    if (tensor.defined()) total += tensor.nbytes();
  return total;
}

NormAffine FrozenNorm::modulated(const Tensor& scale, const Tensor& shift) const {
  const Tensor factor = scale + 1;
  return {affine_.scale * factor, at::addcmul(shift, affine_.shift, factor)};
}

Tensor FrozenNorm::forward(const Biased& x, const NormAffine& affine, Tape* tape) const {
  auto [y, statistics] = group_norm_forward(x, affine, silu_, groups_);
  if (tape != nullptr)
    for (const Tensor& kept :
         {x.x, x.bias, affine.scale, affine.shift, statistics.mean, statistics.reciprocal_deviation})
      tape->push(kept);
  return y;
}

Tensor FrozenNorm::backward(Tensor gradient, const Tensor& addend, Tape& tape) const {
  NormStatistics statistics;
  NormAffine affine;
  statistics.reciprocal_deviation = tape.pop();
  statistics.mean = tape.pop();
  affine.shift = tape.pop();
  affine.scale = tape.pop();
  const Tensor bias = tape.pop();
  group_norm_backward_(gradient, {tape.pop(), bias}, affine, statistics, silu_, addend);
  return gradient;
}

std::unique_ptr<FrozenLayer> frozen_layer(const UNetOptions& options, const UNetLayer& layer,
                                          const UNetParameters& parameters) {
  const auto convolution = [&](const std::string& prefix, const ConvolutionGrid& grid, Resampling before) {
    return std::make_unique<Convolution>(
        FrozenConvolution(parameters.at(prefix + "weight"), parameters.at(prefix + "bias"), grid), before);
  };
  switch (layer.kind) {
    case Kind::convolution:
      return convolution(layer.prefix, {}, Resampling::none);
    case Kind::residual:
      return std::make_unique<Residual>(options, layer, parameters);
    case Kind::attention:
      if (options.context_dim > 0) return std::make_unique<FrozenTransformer>(options, layer, parameters);
      return std::make_unique<FrozenAttention>(options, layer, parameters);
    case Kind::downsample:
      return convolution(layer.prefix + "op.", {.stride = 2, .centred = options.downsample_padding == 1},
                         Resampling::none);
    case Kind::upsample:
      return convolution(layer.prefix + "conv.", {}, Resampling::twice);
  }
  throw Error("unknown layer");
}

}  // namespace dpsbench
