#pragma once
#include "priors/unet/frozen_layers.h"

namespace dpsbench {

/// Layer normalisation of the channels at each pixel of a feature map, frozen (Ba et al. 2016), epsilon 1e-5.
class FrozenPixelNorm {
 public:
  FrozenPixelNorm() = default;
  FrozenPixelNorm(const Tensor& weight, const Tensor& bias) : weight_(weight), bias_(bias) {}
  [[nodiscard]] Tensor forward(const Tensor& x, Tape* tape) const;
  [[nodiscard]] Tensor backward(const Tensor& gradient, Tape& tape) const;

 private:
  Tensor weight_;
  Tensor bias_;
};

/// The transformer that stands for attention in networks that are told a context (Rombach et al. 2022, its
/// SpatialTransformer of depth one), with frozen weights and one context for all images, whose keys and values are
/// constants then: self-attention, attention to the context, and a gated layer at each pixel.
class FrozenTransformer final : public FrozenLayer {
 public:
  FrozenTransformer(const UNetOptions& options, const UNetLayer& layer, const UNetParameters& parameters);
  [[nodiscard]] Tensor forward(const Tensor& x, TimeTerms& time, Tape* tape) const override;
  [[nodiscard]] Tensor backward(const Tensor& gradient, Tape& tape) const override;

 private:
  std::int64_t heads_;
  FrozenNorm norm_;
  FrozenConvolution in_;
  FrozenPixelNorm self_norm_;
  FrozenConvolution self_qkv_;
  FrozenConvolution self_out_;
  FrozenPixelNorm context_norm_;
  FrozenConvolution context_q_;
  Tensor context_k_;  ///< [1, heads, tokens, width]
  Tensor context_v_;
  FrozenConvolution context_out_;
  FrozenPixelNorm gated_norm_;
  FrozenConvolution gated_in_;
  FrozenConvolution gated_out_;
  FrozenConvolution out_;
};

}  // namespace dpsbench
