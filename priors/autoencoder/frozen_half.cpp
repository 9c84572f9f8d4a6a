#include "priors/autoencoder/frozen_half.h"

namespace dpsbench {

FrozenHalf::FrozenHalf(const AutoencoderOptions& options, const AutoencoderHalf& half,
                       const UNetParameters& parameters) {
  const UNetOptions of_layers = layer_options(options);
  for (const UNetLayer& layer : half.layers) layers_.push_back(frozen_layer(of_layers, layer, parameters));
  out_norm_ = FrozenNorm(of_layers, parameters.at("out.0.weight"), parameters.at("out.0.bias"), true);
  out_convolution_ = FrozenConvolution(parameters.at("out.2.weight"), parameters.at("out.2.bias"));
}

Tensor FrozenHalf::forward(const Tensor& x, Tape* tape) const {
  Tensor h = x.contiguous(frozen_memory_format);
  TimeTerms no_time{Tensor()};
  for (const auto& layer : layers_) h = layer->forward(h, no_time, tape);
  return out_convolution_.forward(out_norm_.forward(h, tape));
}

Tensor FrozenHalf::backward(const Tensor& gradient, Tape& tape) const {
  Tensor h = out_norm_.backward(out_convolution_.backward(gradient), {}, tape);
  for (auto layer = layers_.rbegin(); layer != layers_.rend(); ++layer) h = (*layer)->backward(h, tape);
  return h;
}

}  // namespace dpsbench
