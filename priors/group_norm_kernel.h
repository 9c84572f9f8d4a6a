#pragma once
#include <cstdint>

namespace dpsbench {

/// The plain arrays of one batch, channels last: x [images, pixels, channels]; scale and shift [images or 1, channels]
/// with `affine_stride` = channels or 0; mean and reciprocal deviation [images, 32].
template <typename T>
struct NormArrays {
  std::int64_t images;
  std::int64_t pixels;
  std::int64_t channels;
  const T* x;
  const T* scale;
  const T* shift;
  std::int64_t affine_stride;
  T* mean;
  T* reciprocal_deviation;
};

/// Fills mean and reciprocal deviation, and y [images, pixels, channels].
template <typename T>
void normalise_channels_last(const NormArrays<T>& arrays, bool silu, T* y);

/// Overwrites gradient [cotangents, images, pixels, channels] of y by that of x, plus addend if that is not null.
template <typename T>
void pull_back_channels_last(const NormArrays<T>& arrays, bool silu, std::int64_t cotangents, T* gradient,
                             const T* addend);

}  // namespace dpsbench
