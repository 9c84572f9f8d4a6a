#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// DiffStateGrad (Zirvi et al. 2025, Algorithm 1): a gradient kept to the directions that the sampler's state has. Each
/// channel of the state is a matrix X = U S V^T; of the gradient G of that channel U_r U_r^T G V_r V_r^T is left, U_r
/// and V_r the first r singular vectors. r is one number an image: the least that explain `share` of the squared
/// singular values, averaged over channels and rounded down. state, gradient: [B, C, H, W]. share in (0, 1].
Tensor kept_to_state(const Tensor& gradient, const Tensor& state, double share);

}  // namespace dpsbench
