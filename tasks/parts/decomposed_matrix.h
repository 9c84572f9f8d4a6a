#pragma once
#include <memory>

#include "core/tensor.h"

namespace dpsbench {

/// A matrix [m, n], m <= n, as u [m, m] diag(s) v^T. Double on the CPU.
struct DecomposedMatrix {
  Tensor u;
  Tensor s;  ///< [m], descending
  Tensor v;  ///< [n, n]
};

/// The singular value decomposition of a matrix, m <= n, double on the CPU. The last few are remembered: every unit of
/// a cell binds the same operator, and at 256 x 256 its two decompositions take longer than the steps of a short
/// sampler on a GPU. Any thread may ask.
std::shared_ptr<const DecomposedMatrix> decomposed(const Tensor& matrix);

}  // namespace dpsbench
