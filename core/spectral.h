#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// The singular value decomposition A = U S V^T of a linear operator, applied, never stored whole. An image has n = C H
/// W spectral coordinates; a measurement, which has m <= n elements, is embedded in the same n: coordinate i of U^T y
/// is what S_i times coordinate i of V^T x predicts. Both bases are orthonormal, so white noise stays white in them.
class Spectral {
 public:
  virtual ~Spectral() = default;

  /// V^T x: [B, C, H, W] -> [B, n].
  [[nodiscard]] virtual Tensor v_transpose(const Tensor& x) const = 0;

  /// V z: [B, n] -> [B, C, H, W], the inverse of v_transpose.
  [[nodiscard]] virtual Tensor v(const Tensor& z) const = 0;

  /// U^T y: [B, ...] -> [B, n], zero on the n - m coordinates that no measurement reaches.
  [[nodiscard]] virtual Tensor u_transpose(const Tensor& y) const = 0;

  /// U z: [B, n] -> [B, ...]. Ignores the coordinates that no measurement reaches; u(u_transpose(y)) = y.
  [[nodiscard]] virtual Tensor u(const Tensor& z) const = 0;

  /// Whether V is the same for every image of the batch.
  [[nodiscard]] virtual bool has_one_basis() const { return singular_values().size(0) == 1; }

  /// S: [B, n], or [1, n] where it is the same for every image; >= 0, zeros for the null space, in no order.
  [[nodiscard]] virtual Tensor singular_values() const = 0;
};

}  // namespace dpsbench
