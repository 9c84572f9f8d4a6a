#pragma once
#include <memory>

#include "tasks/parts/decomposed_matrix.h"
#include "tasks/parts/spectral_operator.h"

namespace dpsbench {

/// y = M x: a matrix [m, n], m <= n, on all n = C H W numbers of an image (channel by channel, row by row), the same
/// for every image. Known by its singular value decomposition, which is kept whole: n^2 numbers.
class WholeMatrix final : public SpectralOperator {
 public:
  WholeMatrix(const Tensor& matrix, const ImageShape& shape, const TensorOptions& options);

  [[nodiscard]] Tensor forward(const Tensor& x) const override;
  [[nodiscard]] Tensor vjp(const Tensor& x, const Tensor& v) const override;
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override { return {matrix_.size(0)}; }
  [[nodiscard]] std::map<std::string, Tensor> ingredients() const override;

  [[nodiscard]] Tensor v_transpose(const Tensor& x) const override;
  [[nodiscard]] Tensor v(const Tensor& z) const override;
  [[nodiscard]] Tensor u_transpose(const Tensor& y) const override;
  [[nodiscard]] Tensor u(const Tensor& z) const override;
  [[nodiscard]] Tensor singular_values() const override { return s_; }

 private:
  Tensor matrix_;
  Tensor u_;
  Tensor v_;
  Tensor s_;  ///< [1, n]
  ImageShape shape_;
};

}  // namespace dpsbench
