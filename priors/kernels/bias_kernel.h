#pragma once
#include <cstdint>

#include "priors/kernels/bfloat16.h"

namespace dpsbench {

/// The plain arrays of one batch, channels last: x and addend [images, pixels, channels], bias [channels].
template <typename T>
struct BiasArrays {
  std::int64_t images;
  std::int64_t pixels;
  std::int64_t channels;
  T* x;
  const NumberOf<T>* bias;
  const T* addend;
};

/// x += bias + addend on a GPU (FusedKernels); the stream is a cudaStream_t.
template <typename T>
void add_bias_on_cuda(const BiasArrays<T>& arrays, void* cuda_stream);

}  // namespace dpsbench
