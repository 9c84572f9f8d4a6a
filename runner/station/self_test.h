#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// Asks a device other than the CPU for a row of noise and a group normalisation, forward and back, and holds them
/// against the host's: the same bits of noise, the norm to single precision. A program without kernels for a new card,
/// or a card that computes wrongly, then ends before any work. Throws Error with what differs or what the device said.
/// The CPU is taken at its word.
void require_right_numbers(const at::Device& device);

}  // namespace dpsbench
