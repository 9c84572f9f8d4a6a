#pragma once
#include "core/operator.h"

namespace dpsbench {

/// A measurement counted in photons, as in DPS's Poisson noise: d = (A x_0 + 1) / 2 clamped to [0, 1], counts ~
/// Poisson(255 rate d), y = 2 counts / (255 rate) - 1 clamped to [-1, 1]; rate > 0, greater means less noise. Hidden
/// pixels of y are 0. Counts are exact inverse transforms of 46-bit uniform numbers, made on the CPU and keyed by image
/// only.
Tensor measure_poisson(const Operator& op, const Tensor& x0, double rate, const Noise& noise);

}  // namespace dpsbench
