#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// The codes that a vector-quantised autoencoder's decoder knows (van den Oord et al. 2017).
class Codebook {
 public:
  /// codes [n, channels].
  explicit Codebook(const Tensor& codes) : codes_(codes) {}

  /// The index of each pixel's nearest code by |z|^2 + |e|^2 - 2 z.e, of equals the first: [B, channels, H, W] -> [B,
  /// H, W], whole numbers.
  [[nodiscard]] Tensor nearest(const Tensor& z) const;

  /// Those codes, as z + (e - z): what a straight-through estimate computes, whose gradient is the identity's.
  [[nodiscard]] Tensor quantized(const Tensor& z) const;

 private:
  Tensor codes_;
};

}  // namespace dpsbench
