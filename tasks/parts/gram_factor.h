#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// The eigenvectors of A A^T, found once, of small operators that treat each channel alike: (A A^T + c I)^{-1} is then
/// two products for any c, however small.
class GramFactor {
 public:
  /// matrices [B, m, n], double: A on one channel of each image; decomposed where they lie, kept on `device`.
  GramFactor(const Tensor& matrices, const at::Device& device);

  /// (A A^T + c I)^{-1} r for c > 0, worked in double: r [B, C, ...] with m numbers a channel, in any number type.
  [[nodiscard]] Tensor solve(const Tensor& r, double c) const;

 private:
  // image by image, so that the batch's size does not change how a product is summed
  std::vector<Tensor> vectors_;  ///< [m, m]
  std::vector<Tensor> values_;   ///< [m, 1]
};

}  // namespace dpsbench
