#pragma once
#include <cstdint>

#include "core/philox_stream.h"

namespace c10 {
enum class DeviceType : std::int8_t;  // no LibTorch header: kernels include this
}

namespace dpsbench::philox {

enum class Distribution { normal, uniform };

/// Fills images x elements floats on a device; `streams` (one digest an image) lies there too. Queues the work on
/// `stream` (the device's own kind of stream) and returns at once; throws std::runtime_error with file and line if it
/// cannot be queued.
using Fill = void (*)(Distribution distribution, std::uint64_t seed, std::uint32_t purpose_and_step,
                      const std::uint64_t* streams, std::int64_t images, std::int64_t elements, float* out,
                      void* stream);

/// CUDA's; `stream` is a cudaStream_t.
void fill_on_cuda(Distribution distribution, std::uint64_t seed, std::uint32_t purpose_and_step,
                  const std::uint64_t* streams, std::int64_t images, std::int64_t elements, float* out, void* stream);

/// How noise is drawn on a kind of device; null: nobody knows. CUDA's is known where it is compiled.
Fill fill_of(c10::DeviceType type);

/// Lets noise be drawn on a kind of device that a program brings along. Before any noise is drawn.
void set_fill(c10::DeviceType type, Fill fill);

}  // namespace dpsbench::philox
