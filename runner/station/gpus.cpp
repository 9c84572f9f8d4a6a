#include "runner/station/gpus.h"

#ifdef DPSBENCH_WITH_CUDA
#include <ATen/detail/CUDAHooksInterface.h>

#include "runner/station/cuda/gpu_text.h"
#endif

namespace dpsbench {

#ifdef DPSBENCH_WITH_CUDA
int count_gpus() { return at::detail::getCUDAHooks().deviceCount(); }
std::string cuda_version() { return cuda_text(); }
#else
int count_gpus() { return 0; }
std::string cuda_version() { return "none, built without it"; }
#endif

}  // namespace dpsbench
