#include <cuda_runtime.h>

#include <algorithm>
#include <stdexcept>
#include <string>

#include "core/noise_kernel.h"

namespace dpsbench::philox {
namespace {

constexpr int threads_per_block = 256;
constexpr std::int64_t most_rows = 65535;  // of a grid in y

__global__ void fill(Distribution distribution, std::uint64_t seed, std::uint32_t purpose_and_step,
                     const std::uint64_t* streams, std::int64_t elements, float* out) {
  const std::int64_t image = blockIdx.y;
  const std::int64_t block = static_cast<std::int64_t>(blockIdx.x) * threads_per_block + threadIdx.x;
  if (4 * block >= elements) return;
  float values[4];
  const Row row{seed, purpose_and_step, streams[image]};
  if (distribution == Distribution::normal)
    normals(row, static_cast<std::uint32_t>(block), values);
  else
    uniforms(row, static_cast<std::uint32_t>(block), values);
  for (int k = 0; k < 4 && 4 * block + k < elements; ++k) out[image * elements + 4 * block + k] = values[k];
}

}  // namespace

void fill_on_cuda(Distribution distribution, std::uint64_t seed, std::uint32_t purpose_and_step,
                  const std::uint64_t* streams, std::int64_t images, std::int64_t elements, float* out, void* stream) {
  if (elements == 0) return;
  const std::int64_t blocks = (elements + 3) / 4;
  const auto across = static_cast<unsigned>((blocks + threads_per_block - 1) / threads_per_block);
  for (std::int64_t first = 0; first < images; first += most_rows) {
    const dim3 grid(across, static_cast<unsigned>(std::min(most_rows, images - first)));
    fill<<<grid, threads_per_block, 0, static_cast<cudaStream_t>(stream)>>>(
        distribution, seed, purpose_and_step, streams + first, elements, out + first * elements);
    if (const cudaError_t error = cudaGetLastError(); error != cudaSuccess)
      throw std::runtime_error(std::string(__FILE__) + ":" + std::to_string(__LINE__) + ": " +
                               cudaGetErrorString(error));
  }
}

}  // namespace dpsbench::philox
