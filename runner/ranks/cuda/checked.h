#pragma once
#include <cuda_runtime_api.h>
#ifndef DPSBENCH_WITHOUT_NCCL
#include <nccl.h>
#endif

#include <source_location>

namespace dpsbench {

/// Throws Error with CUDA's reason and the file and line of the call unless it succeeded.
void checked(cudaError_t answer, const std::source_location& place = std::source_location::current());

#ifndef DPSBENCH_WITHOUT_NCCL
/// The same for NCCL.
void checked(ncclResult_t answer, const std::source_location& place = std::source_location::current());
#endif

}  // namespace dpsbench
