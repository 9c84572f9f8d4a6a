#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// Images x [B, C, H, W] whose bias [1 or B, C] is still to be added, by whoever reads them: on a GPU a pass over
/// memory less. Undefined: there is none.
struct Biased {
  Biased(Tensor images, Tensor offset = {})  // NOLINT(google-explicit-constructor): plain images are biased by nothing
      : x(std::move(images)), bias(std::move(offset)) {}

  Tensor x;
  Tensor bias;  ///< single precision where x is bfloat16

  /// With the bias added.
  [[nodiscard]] Tensor sum() const;
};

/// Whether x lies where kernels add a bias as they read.
bool can_wait_for_bias(const Tensor& x);

/// x += bias + addend in one pass, for x that can_wait_for_bias(), bias [C] in single precision and `addend` like x.
void add_bias_(Tensor& x, const Tensor& bias, const Tensor& addend);

}  // namespace dpsbench
