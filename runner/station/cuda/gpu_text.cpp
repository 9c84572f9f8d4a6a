#include "runner/station/cuda/gpu_text.h"

#include <ATen/detail/CUDAHooksInterface.h>
#include <cuda_runtime_api.h>

#include "core/error.h"

namespace dpsbench {
namespace {

/// "13.0" of 13000.
std::string version_text(int version) { return fmt::format("{}.{}", version / 1000, version % 1000 / 10); }

}  // namespace

std::string gpu_text(const at::Device& device) {
  cudaDeviceProp properties{};
  int driver = 0;
  int runtime = 0;
  for (const cudaError_t code : {cudaGetDeviceProperties(&properties, device.index()), cudaDriverGetVersion(&driver),
                                 cudaRuntimeGetVersion(&runtime)})
    if (code != cudaSuccess) throw UserError("{}: {}", device.str(), cudaGetErrorString(code));
  const long cudnn = at::detail::getCUDAHooks().versionRuntimeCuDNN();
  return fmt::format("{} (driver for CUDA {}, runtime {}, cuDNN {}.{}.{})", properties.name, version_text(driver),
                     version_text(runtime), cudnn / 10000, cudnn % 10000 / 100, cudnn % 100);
}

std::string cuda_text() {
  int driver = 0;
  if (cudaDriverGetVersion(&driver) != cudaSuccess) driver = 0;
  return fmt::format("{}, {}", version_text(CUDART_VERSION),
                     driver == 0 ? "no driver" : "driver for CUDA " + version_text(driver));
}

}  // namespace dpsbench
