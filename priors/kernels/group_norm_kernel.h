#pragma once
#include <cstdint>

#include "priors/kernels/bfloat16.h"

namespace dpsbench {

constexpr std::int64_t norm_groups = 32;  ///< of the kernels; other numbers of groups go through tensor operations
constexpr double norm_epsilon = 1e-5;     ///< of most networks

/// The plain arrays of one batch, channels last: x [images, pixels, channels]; scale and shift [images or 1, channels]
/// with `affine_stride` = channels or 0; mean and reciprocal deviation [images, 32]. Bfloat16 is storage of x alone.
template <typename T>
struct NormArrays {
  std::int64_t images;
  std::int64_t pixels;
  std::int64_t channels;
  const T* x;
  const NumberOf<T>* scale;
  const NumberOf<T>* shift;
  std::int64_t affine_stride;
  NumberOf<T>* mean;
  NumberOf<T>* reciprocal_deviation;
  double epsilon = norm_epsilon;      ///< added to the variance
  const NumberOf<T>* bias = nullptr;  ///< [images or 1, channels], added to x as it is read; null: none. Not on the CPU
  std::int64_t bias_stride = 0;       ///< channels, or 0 where all images have the same
};

/// Fills mean and reciprocal deviation, and y [images, pixels, channels]. T: float or double.
template <typename T>
void normalise_channels_last(const NormArrays<T>& arrays, bool silu, T* y);

/// Overwrites gradient [cotangents, images, pixels, channels] of y by that of x, plus addend if that is not null.
template <typename T>
void pull_back_channels_last(const NormArrays<T>& arrays, bool silu, std::int64_t cotangents, T* gradient,
                             const T* addend);

/// The same of one cotangent, and the gradients of scale and shift of each image, [images, channels].
template <typename T>
void pull_back_with_affine_channels_last(const NormArrays<T>& arrays, bool silu, T* gradient, T* scale_gradient,
                                         T* shift_gradient);

/// The same on a GPU (FusedKernels); streams are cudaStream_t.
template <typename T>
void normalise_on_cuda(const NormArrays<T>& arrays, bool silu, T* y, float* scratch, void* cuda_stream);
template <typename T>
void pull_back_on_cuda(const NormArrays<T>& arrays, bool silu, std::int64_t cotangents, T* gradient, const T* addend,
                       float* scratch, void* cuda_stream);

}  // namespace dpsbench
