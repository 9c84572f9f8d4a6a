#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// Points [n, 2] from formulas, k = 0 .. 2 n - 1 row by row, so that a reference program can make the same ones.
/// sin(1.3 k^1.5)
inline Tensor sine_points(std::int64_t n) { return (1.3 * at::arange(2 * n, at::kDouble).pow(1.5)).sin().view({n, 2}); }

/// 0.2 + cos(0.9 k^1.4)
inline Tensor cosine_points(std::int64_t n) {
  return (0.9 * at::arange(2 * n, at::kDouble).pow(1.4)).cos().add(0.2).view({n, 2});
}

}  // namespace dpsbench
