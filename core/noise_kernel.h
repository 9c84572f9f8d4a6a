#pragma once
#include <cstdint>

#include "core/philox_stream.h"

namespace dpsbench::philox {

enum class Distribution { normal, uniform };

/// Fills images x elements floats on the device; `streams` (one digest an image) lies there too. Launches on
/// `cuda_stream` (a cudaStream_t) and returns at once; throws std::runtime_error with file and line if the launch
/// fails.
void fill_on_cuda(Distribution distribution, std::uint64_t seed, std::uint32_t purpose_and_step,
                  const std::uint64_t* streams, std::int64_t images, std::int64_t elements, float* out,
                  void* cuda_stream);

}  // namespace dpsbench::philox
