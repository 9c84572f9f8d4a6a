#pragma once
#include <memory>

#include "core/spectral.h"
#include "python/binding/batch.h"

namespace dpsbench {

/// The singular value decomposition of a batch's operator as Python sees it: V and U are orthonormal, so each is the
/// other way's pass back.
class SpectralView {
 public:
  explicit SpectralView(std::shared_ptr<Batch> batch) : batch_(std::move(batch)) {}
  [[nodiscard]] Tensor v_transpose(const Tensor& x) const;
  [[nodiscard]] Tensor v(const Tensor& z) const;
  [[nodiscard]] Tensor u_transpose(const Tensor& y) const;
  [[nodiscard]] Tensor u(const Tensor& z) const;
  [[nodiscard]] Tensor singular_values() const;

 private:
  [[nodiscard]] const Spectral& spectral() const;
  std::shared_ptr<Batch> batch_;
};

/// The measurement operator of a batch as Python sees it, differentiable where the operator says how.
class OperatorView {
 public:
  explicit OperatorView(std::shared_ptr<Batch> batch) : batch_(std::move(batch)) {}

  [[nodiscard]] Tensor forward(const Tensor& x) const;
  [[nodiscard]] Tensor adjoint(const Tensor& v) const;  ///< throws UserError unless the operator is linear
  [[nodiscard]] Tensor vjp(const Tensor& x, const Tensor& v) const;
  [[nodiscard]] Tensor pseudo_inverse(const Tensor& y) const;
  [[nodiscard]] Tensor trivial_estimate(const Tensor& y) const;
  [[nodiscard]] Tensor solve_gram(const Tensor& r, double c) const;
  [[nodiscard]] bool is_linear() const { return op().is_linear(); }
  [[nodiscard]] Tensor measured() const { return op().measured(); }
  [[nodiscard]] std::optional<SpectralView> svd() const;

 private:
  [[nodiscard]] const Operator& op() const { return batch_->problem().op; }
  std::shared_ptr<Batch> batch_;
};

}  // namespace dpsbench
