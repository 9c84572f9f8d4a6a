#pragma once
#include <cstdint>

#include "core/tensor.h"

namespace dpsbench {

/// A linear correlation and what it is worth.
struct Correlation {
  double r = 0;            ///< Pearson's coefficient, in [-1, 1]; NaN when one side is constant
  double p_value = 1;      ///< two-sided, of no correlation between independent pairs of which one side is normal
  std::int64_t count = 0;  ///< pairs
};

/// Pearson's correlation of all elements of two tensors of one shape, with Student's test of n - 2 degrees of freedom.
/// Throws Error for other shapes and fewer than three pairs.
Correlation pearson_correlation(const Tensor& first, const Tensor& second);

}  // namespace dpsbench
