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
  double epsilon = norm_epsilon;  ///< added to the variance
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

/// The same on another device than the CPU, T: float or Bfloat16. All arrays lie there; `scratch` holds
/// norm_blocks::scratch_pairs() pairs of floats for images, or cotangents times images. Queues the work on `stream`
/// (the device's own kind of stream) and returns at once; throws std::runtime_error with file and line if it cannot be
/// queued.
template <typename T>
struct NormKernels {
  void (*normalise)(const NormArrays<T>& arrays, bool silu, T* y, float* scratch, void* stream);
  void (*pull_back)(const NormArrays<T>& arrays, bool silu, std::int64_t cotangents, T* gradient, const T* addend,
                    float* scratch, void* stream);
};

/// CUDA's; streams are cudaStream_t.
template <typename T>
void normalise_on_cuda(const NormArrays<T>& arrays, bool silu, T* y, float* scratch, void* cuda_stream);
template <typename T>
void pull_back_on_cuda(const NormArrays<T>& arrays, bool silu, std::int64_t cotangents, T* gradient, const T* addend,
                       float* scratch, void* cuda_stream);

}  // namespace dpsbench
