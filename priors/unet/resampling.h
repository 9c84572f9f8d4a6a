#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// How a residual block changes the size of its feature map.
enum class Resampling { none, halve, twice };

/// Means of 2x2 pixels, or each pixel four times: [B, C, H, W] -> [B, C, H / 2, W / 2] or [B, C, 2 H, 2 W].
inline Tensor resampled(const Tensor& x, Resampling resampling) {
  if (resampling == Resampling::halve) return at::avg_pool2d(x, {2, 2}, {2, 2});
  if (resampling == Resampling::twice) return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
  return x;
}

/// The adjoint of resampled(): the gradient of x from that of the result.
inline Tensor resampled_back(const Tensor& gradient, Resampling resampling) {
  if (resampling == Resampling::halve) return resampled(gradient, Resampling::twice).mul_(0.25);
  if (resampling == Resampling::twice) return resampled(gradient, Resampling::halve).mul_(4);
  return gradient;
}

}  // namespace dpsbench
