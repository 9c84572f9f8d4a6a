#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// How a residual block changes the size of its feature map; smooth: by the filter [1, 3, 3, 1] in both directions.
enum class Resampling { none, halve, twice, smooth_halve, smooth_twice };

inline bool halves(Resampling resampling) {
  return resampling == Resampling::halve || resampling == Resampling::smooth_halve;
}
inline bool doubles(Resampling resampling) {
  return resampling == Resampling::twice || resampling == Resampling::smooth_twice;
}

/// Every second pixel of x * [1, 3, 3, 1] / 8 in both directions, nothing beyond its borders: [B, C, 2 n + 2, 2 m + 2]
/// -> [B, C, n, m].
Tensor smoothly_halved(const Tensor& x);
/// The adjoint.
Tensor smoothly_halved_back(const Tensor& gradient);

/// Means of 2x2 pixels, or each pixel four times; or smooth ones, with zeros beyond the borders: [B, C, H, W] ->
/// [B, C, H / 2, W / 2] or [B, C, 2 H, 2 W].
inline Tensor resampled(const Tensor& x, Resampling resampling) {
  if (resampling == Resampling::smooth_halve) return smoothly_halved(at::constant_pad_nd(x, {1, 1, 1, 1}));
  if (resampling == Resampling::smooth_twice)
    return smoothly_halved_back(x).narrow(2, 1, 2 * x.size(2)).narrow(3, 1, 2 * x.size(3)) * 4;
  if (resampling == Resampling::halve) return at::avg_pool2d(x, {2, 2}, {2, 2});
  if (resampling == Resampling::twice) return at::upsample_nearest2d(x, {2 * x.size(2), 2 * x.size(3)});
  return x;
}

/// The adjoint of resampled(): the gradient of x from that of the result.
inline Tensor resampled_back(const Tensor& gradient, Resampling resampling) {
  if (resampling == Resampling::halve) return resampled(gradient, Resampling::twice).mul_(0.25);
  if (resampling == Resampling::twice) return resampled(gradient, Resampling::halve).mul_(4);
  if (resampling == Resampling::smooth_halve) return resampled(gradient, Resampling::smooth_twice).mul_(0.25);
  if (resampling == Resampling::smooth_twice) return resampled(gradient, Resampling::smooth_halve).mul_(4);
  return gradient;
}

}  // namespace dpsbench
