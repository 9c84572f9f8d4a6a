#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// A sparse matrix [rows, columns] as a list of places and weights for each row, all lists as long as the longest. Its
/// products add each row's numbers in one order, whatever the batch and the device.
class RowLists {
 public:
  /// row, column [E], long, in any order; value [E]. Throws UserError where filled lists would take more than 2^29
  /// numbers: a few rows are much longer than the others.
  RowLists(std::int64_t rows, std::int64_t columns, const Tensor& row, const Tensor& column, const Tensor& value,
           const TensorOptions& options);

  /// [B, columns] -> [B, rows].
  [[nodiscard]] Tensor times(const Tensor& numbers) const;

  [[nodiscard]] std::int64_t rows() const { return weights_.size(0); }
  [[nodiscard]] std::int64_t columns() const { return columns_; }
  [[nodiscard]] const Tensor& places() const {
    return places_;
  }  ///< [rows, K], int32; `columns` where a list has ended
  [[nodiscard]] const Tensor& weights() const { return weights_; }  ///< [rows, K]; 0 there
  /// The greatest sum of a row's absolute values.
  [[nodiscard]] double greatest_row() const;

 private:
  std::int64_t columns_;
  Tensor places_;
  Tensor weights_;
};

}  // namespace dpsbench
