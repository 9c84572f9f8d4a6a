#pragma once
#include "core/method.h"

namespace dpsbench {

/// The length of the residual y - A x0 and its slope: the unsquared norm that DPS and its relatives descend.
struct ResidualNorm {
  Tensor length;    ///< ||y - A x0|| of each image, [B]; at least 1e-12
  Tensor gradient;  ///< d length / d x0, [B, C, H, W]; 0 for an image without residual
};

ResidualNorm residual_norm(const Problem& problem, const Tensor& x0);

}  // namespace dpsbench
