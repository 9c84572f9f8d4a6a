#include <cuda_runtime.h>

#include <limits>
#include <stdexcept>
#include <string>

#include "priors/kernels/bias_blocks.h"
#include "priors/kernels/norm_blocks.h"

namespace dpsbench {
namespace {

template <typename Work>
__global__ void __launch_bounds__(norm_blocks::threads) in_blocks(const Work work) {
  __shared__ typename Work::Memory shared;
  for (int phase = 0; phase < Work::phases; ++phase) {
    if (phase > 0) __syncthreads();
    work.run(phase, static_cast<int>(blockIdx.x), static_cast<int>(threadIdx.x), shared);
  }
}

/// Runs works one after another on a stream.
struct Launcher {
  cudaStream_t stream;

  template <typename Work>
  void operator()(const Work& work) const {
    const std::int64_t blocks = work.blocks();
    if (blocks == 0) return;
    if (blocks > std::numeric_limits<int>::max())
      throw std::runtime_error("a batch of " + std::to_string(blocks) + " blocks is too large for one kernel");
    in_blocks<<<static_cast<unsigned>(blocks), norm_blocks::threads, 0, stream>>>(work);
    if (const cudaError_t error = cudaGetLastError(); error != cudaSuccess)
      throw std::runtime_error(std::string(__FILE__) + ":" + std::to_string(__LINE__) + ": " +
                               cudaGetErrorString(error));
  }
};

}  // namespace

template <typename T>
void normalise_on_cuda(const NormArrays<T>& arrays, bool silu, T* y, float* scratch, void* cuda_stream) {
  norm_blocks::forward(Launcher{static_cast<cudaStream_t>(cuda_stream)}, arrays, silu, y,
                       reinterpret_cast<norm_blocks::Pair*>(scratch));
}

template <typename T>
void pull_back_on_cuda(const NormArrays<T>& arrays, bool silu, std::int64_t cotangents, T* gradient, const T* addend,
                       float* scratch, void* cuda_stream) {
  norm_blocks::backward(Launcher{static_cast<cudaStream_t>(cuda_stream)}, arrays, silu, cotangents, gradient, addend,
                        reinterpret_cast<norm_blocks::Pair*>(scratch));
}

template <typename T>
void add_bias_on_cuda(const BiasArrays<T>& arrays, void* cuda_stream) {
  Launcher{static_cast<cudaStream_t>(cuda_stream)}(norm_blocks::AddBias<T>{arrays});
}

template void add_bias_on_cuda(const BiasArrays<float>&, void*);
template void add_bias_on_cuda(const BiasArrays<Bfloat16>&, void*);
template void normalise_on_cuda(const NormArrays<float>&, bool, float*, float*, void*);
template void normalise_on_cuda(const NormArrays<Bfloat16>&, bool, Bfloat16*, float*, void*);
template void pull_back_on_cuda(const NormArrays<float>&, bool, std::int64_t, float*, const float*, float*, void*);
template void pull_back_on_cuda(const NormArrays<Bfloat16>&, bool, std::int64_t, Bfloat16*, const Bfloat16*, float*,
                                void*);

}  // namespace dpsbench
