#pragma once
#include <memory>
#include <mutex>
#include <optional>

#include "core/operator.h"
#include "tasks/parts/gram_factor.h"
#include "tasks/parts/row_lists.h"

namespace dpsbench {

/// A sparse matrix, its transpose and, where it has few rows, the eigenvectors of its Gram matrix.
class SparsePair {
 public:
  /// row, column [E], long, and value [E], double, on the CPU.
  SparsePair(std::int64_t rows, std::int64_t columns, const Tensor& row, const Tensor& column, const Tensor& value,
             const TensorOptions& options)
      : matrix(rows, columns, row, column, value, options), transposed(columns, rows, column, row, value, options) {
    if (rows <= most_factored) dense_ = dense(row, column, value);
  }

  /// Found when first asked; null where there are too many rows.
  [[nodiscard]] const GramFactor* gram() const;

  const RowLists matrix;
  const RowLists transposed;

 private:
  static constexpr std::int64_t most_factored = 48 * 48;  // rows: seconds and 42 MB

  [[nodiscard]] Tensor dense(const Tensor& row, const Tensor& column, const Tensor& value) const;

  Tensor dense_;  ///< [rows, columns], double on the CPU
  mutable std::once_flag factored_;
  mutable std::optional<GramFactor> factor_;
};

/// y = M x: a sparse matrix on each channel of an image (M has H W columns) or on the whole of it (C H W). No singular
/// value decomposition is at hand: A^+ is regularised least squares, A^T (A A^T + c I)^{-1} y, c a thousandth of a
/// bound on the greatest eigenvalue of A A^T.
class SparseOperator final : public Operator {
 public:
  /// one_channel: sizes of the rows of one product, whose number the matrix's rows are.
  SparseOperator(std::shared_ptr<const SparsePair> pair, std::vector<std::int64_t> one_product,
                 const ImageShape& shape);

  [[nodiscard]] Tensor forward(const Tensor& x) const override;
  [[nodiscard]] Tensor vjp(const Tensor& x, const Tensor& v) const override;
  [[nodiscard]] Tensor pseudo_inverse(const Tensor& y) const override;
  [[nodiscard]] Tensor trivial_estimate(const Tensor& y) const override { return pseudo_inverse(y); }
  [[nodiscard]] Tensor solve_gram(const Tensor& r, double c) const override;
  [[nodiscard]] Tensor picture(const Tensor& y) const override { return pseudo_inverse(y); }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override;
  [[nodiscard]] std::map<std::string, Tensor> ingredients() const override;

 private:
  std::shared_ptr<const SparsePair> pair_;
  std::int64_t products_;  ///< of an image: its channels, or 1
  std::vector<std::int64_t> one_product_;
  ImageShape shape_;
  double regularisation_;
};

}  // namespace dpsbench
