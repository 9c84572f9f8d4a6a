#pragma once
#include <algorithm>
#include <limits>

#include "core/method.h"
#include "core/spectral.h"

namespace dpsbench {

/// The noise of a measurement that has none but its rounding to single precision.
inline constexpr double rounding_noise = 1e-6;

/// What the measurement y = A x + sigma_y n says of each component of V^T x, A = U S V^T: it is `value` with noise
/// `sigma`, independently of the others. sigma_y counts as rounding_noise at least.
struct MeasuredComponents {
  Tensor value;  ///< U^T y / S, [B, n]; 0 where S = 0
  Tensor sigma;  ///< sigma_y / S, [B or 1, n]; infinite where S = 0 (or would be beyond 1e6)
};

inline MeasuredComponents measured_components(const Spectral& basis, const Tensor& y, double sigma_y) {
  constexpr double nothing = 1e6;  // images are of order 1
  const Tensor s = basis.singular_values();
  const double noise = std::max(sigma_y, rounding_noise);
  const Tensor seen = s * nothing > noise;
  return {at::where(seen, basis.u_transpose(y) / s, 0.0),
          at::where(seen, noise / s, std::numeric_limits<double>::infinity())};
}

}  // namespace dpsbench
