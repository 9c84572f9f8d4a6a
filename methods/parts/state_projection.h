#pragma once
#include "core/options.h"
#include "core/tensor.h"

namespace dpsbench {

/// DiffStateGrad (Zirvi et al. 2025, Algorithm 1): gradients kept to the directions that the sampler's state has. Each
/// channel of the state is a matrix X = U S V^T; of the gradient G of that channel U_r U_r^T G V_r V_r^T is left, U_r
/// and V_r the first r singular vectors. r is one number an image: the least that explain `share` of the squared
/// singular values, averaged over channels and rounded down.
class StateProjection {
 public:
  /// state: [B, C, H, W]. share in (0, 1].
  StateProjection(const Tensor& state, double share);

  [[nodiscard]] Tensor of(const Tensor& gradient) const;  ///< [B, C, H, W]

 private:
  Tensor u_;   ///< [B, C, H, k], columns beyond the rank 0
  Tensor vh_;  ///< [B, C, k, W], rows beyond it 0
};

/// `state_share` of a method that has it.
inline OptionSpec state_share_option() {
  return {"state_share", 1.0,
          "below 1: DiffStateGrad, the gradient kept to the singular directions of x_t that hold this share of its "
          "squares (0.99 in its paper)",
          0.01, 1};
}

}  // namespace dpsbench
