#pragma once
#include <optional>
#include <string>

#include "core/tensor.h"

namespace dpsbench {

/// The device of this rank. `wanted`: "cpu", "cuda", or "auto" for a GPU where there is one. A node's ranks share its
/// GPUs in turn. Throws UserError for "cuda" without a GPU.
at::Device choose_device(const std::string& wanted, int local_rank);

/// Lets choose_device() give a device that a program brings along, whatever is wanted; none: as before.
void bring_device(const std::optional<at::Device>& device);

/// Fixes how the device computes, so that the same work gives the same bits: deterministic algorithms, no TF32 (a
/// network allows it for itself, priors/passes/tf32_scope.h), `threads` CPU threads a rank.
void fix_numerics(const at::Device& device, int threads);

/// Throws what the device answers if it no longer works: after some errors a GPU fails whatever it is asked.
void require_working(const at::Device& device);

/// Gives memory that is kept for later back to the device.
void release_cached_memory(const at::Device& device);

/// Starts the program again with OMP_WAIT_POLICY=passive if that is not set: OpenMP reads it before main, and threads
/// that wait by spinning halve the speed of a shared machine. Call before MPI starts.
void wait_passively();

/// Cores that this process may use, as the launcher bound it; 0: not known.
int usable_cores();

/// Lets freed memory stay with the process instead of going back to the system: a sampler frees and allocates the same
/// tensors at every step, and fresh pages cost a step with gradients several per cent. Of glibc; elsewhere nothing.
void keep_freed_memory();

/// Where a GPU is on its machine's bus, whatever number the process knows it by; empty: a CPU.
std::string device_address(const at::Device& device);

/// "CPU, 1 thread" or "NVIDIA A100-SXM4-80GB (driver for CUDA 13.0, runtime 13.0, cuDNN 9.19.0)".
std::string device_text(const at::Device& device);

}  // namespace dpsbench
