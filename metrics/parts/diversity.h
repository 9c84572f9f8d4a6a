#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// How much repeated samples of one image differ: their standard deviation at each pixel and channel (divisor S - 1),
/// averaged over pixels and channels. samples: [N, S, C, H, W], S >= 2. Returns [N] double in the samples' units.
/// Throws Error for other shapes.
Tensor diversity(const Tensor& samples);

}  // namespace dpsbench
