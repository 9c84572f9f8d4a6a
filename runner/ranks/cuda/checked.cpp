#include "runner/ranks/cuda/checked.h"

#include "core/error.h"

namespace dpsbench {
namespace {

[[noreturn]] void fail(const char* library, const char* reason, const std::source_location& place) {
  throw Error(fmt::format("{}:{}: {}: {}", place.file_name(), place.line(), library, reason));
}

}  // namespace

void checked(cudaError_t answer, const std::source_location& place) {
  if (answer != cudaSuccess) fail("CUDA", cudaGetErrorString(answer), place);
}

#ifndef DPSBENCH_WITHOUT_NCCL
void checked(ncclResult_t answer, const std::source_location& place) {
  if (answer != ncclSuccess) fail("NCCL", ncclGetErrorString(answer), place);
}
#endif

}  // namespace dpsbench
