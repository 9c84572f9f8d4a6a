#pragma once
#include "core/method.h"
#include "core/spectral.h"

namespace dpsbench {

/// What the measurement y = A x + sigma_y n says of each component of V^T x, A = U S V^T: it is `value` with noise
/// `sigma`, independently of the others.
struct MeasuredComponents {
  Tensor value;  ///< U^T y / S, [B, n]; 0 where S = 0
  Tensor sigma;  ///< sigma_y / S, [B or 1, n]; infinite where S = 0 (or would be beyond 1e6)
};

inline MeasuredComponents measured_components(const Spectral& basis, const Tensor& y, double sigma_y) {
  constexpr double nothing = 1e6;  // images are of order 1
  const Tensor s = basis.singular_values();
  const Tensor seen = s * nothing > sigma_y;
  return {at::where(seen, basis.u_transpose(y) / s, 0.0),
          at::where(seen, sigma_y / s, std::numeric_limits<double>::infinity())};
}

}  // namespace dpsbench
