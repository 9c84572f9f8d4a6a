#pragma once
#include "core/noise.h"

namespace dpsbench {

/// A product H_0 ... H_{m-1} of reflections of n numbers, another for each image: an orthonormal basis of which only
/// the first m vectors are random, uniformly so (Stewart 1980), at m n numbers and operations instead of n^2.
class Reflections {
 public:
  /// The noise's normal numbers [m, n] of Purpose::mask and `step`; m <= n.
  Reflections(std::int64_t m, std::int64_t n, const Noise& noise, std::int64_t step, const TensorOptions& options);

  /// The vector with coordinates z in the basis: [B, n] -> [B, n].
  [[nodiscard]] Tensor apply(const Tensor& z) const;

  /// The coordinates of x in the basis, the inverse: [B, n] -> [B, n].
  [[nodiscard]] Tensor transpose(const Tensor& x) const;

 private:
  std::vector<Tensor> vectors_;  ///< unit vectors, [B, n] each; zeros where H_k is the identity
};

}  // namespace dpsbench
