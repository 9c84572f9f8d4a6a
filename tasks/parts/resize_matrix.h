#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// The matrix [length / scale, length] that shrinks one axis by bicubic interpolation (Keys 1981, a = -1/2) widened by
/// the scale against aliasing: MATLAB's imresize, as DPS's Resizer has it. Rows sum to 1; beyond the edge the axis is
/// mirrored, edge pixel included. double on the CPU; `scale` divides `length`.
Tensor bicubic_matrix(std::int64_t length, std::int64_t scale);

/// The matrix [length scale, length] that enlarges one axis by bicubic interpolation (Keys 1981, a = -1/2) of pixels
/// taken at their centres, the axis mirrored at its ends, edge pixel included: MATLAB's imresize. double on the CPU.
Tensor bicubic_enlargement(std::int64_t length, std::int64_t scale);

/// The matrix [length / scale, length] of means over `scale` neighbours.
Tensor pooling_matrix(std::int64_t length, std::int64_t scale);

}  // namespace dpsbench
