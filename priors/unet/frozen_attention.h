#pragma once
#include "priors/unet/dot_attention.h"
#include "priors/unet/frozen_layers.h"

namespace dpsbench {

/// Self-attention over the pixels of a feature map, with frozen weights. Keeps q, k and v; the attention weights, whose
/// number grows with the square of the pixels, are computed again on the way back.
class FrozenAttention final : public FrozenLayer {
 public:
  FrozenAttention(const UNetOptions& options, const UNetLayer& layer, const UNetParameters& parameters);
  [[nodiscard]] Tensor forward(const Tensor& x, TimeTerms& time, Tape* tape) const override;
  [[nodiscard]] Tensor backward(const Tensor& gradient, Tape& tape) const override;

 private:
  /// [B, pixels, 3 C] -> [B, heads, pixels, width] each.
  [[nodiscard]] AttentionInputs split(const Tensor& qkv) const;

  std::int64_t heads_;
  double scale_;          ///< of the sum with what it attends to
  bool heads_outermost_;  ///< channels are ordered head, then q k v; false: q k v, then head
  FrozenNorm norm_;
  FrozenConvolution qkv_;
  FrozenConvolution out_;
};

}  // namespace dpsbench
