#pragma once
#include "core/operator.h"
#include "core/spectral.h"

namespace dpsbench {

/// A linear operator that knows its singular value decomposition: pseudo-inverse and Gram solve follow from it exactly.
class SpectralOperator : public Operator, public Spectral {
 public:
  /// A^+ y = V S^+ U^T y; components with a singular value at or under the cutoff are left at zero.
  [[nodiscard]] Tensor pseudo_inverse(const Tensor& y) const override;

  /// (A A^T + c I)^{-1} r = U (S^2 + c)^{-1} U^T r.
  [[nodiscard]] Tensor solve_gram(const Tensor& r, double c) const override;

  [[nodiscard]] const Spectral* spectral() const final { return this; }

 protected:
  /// The singular value up to which pseudo_inverse counts as zero. Operators that damp without end (blurs) set it,
  /// since A^+ would return nothing but enlarged noise.
  [[nodiscard]] virtual double pseudo_inverse_cutoff() const { return 0; }
};

}  // namespace dpsbench
