#include "tasks/parts/spectral_operator.h"

namespace dpsbench {

Tensor SpectralOperator::pseudo_inverse(const Tensor& y) const {
  const Tensor s = singular_values();
  const Tensor kept = s > pseudo_inverse_cutoff();
  return v(u_transpose(y) * at::where(kept, s.reciprocal(), 0));
}

Tensor SpectralOperator::solve_gram(const Tensor& r, double c) const {
  return u(u_transpose(r) / (singular_values().square() + c));
}

}  // namespace dpsbench
