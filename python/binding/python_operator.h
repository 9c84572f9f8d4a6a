#pragma once
#include <string>

#include "core/operator.h"
#include "python/binding/held_object.h"

namespace dpsbench {

/// A measurement operator written in Python, bound to a batch: a `BoundTask` of python/dpsbench/tasks.py.
class PythonOperator final : public Operator {
 public:
  /// Measures images of zeros to learn the measurement's shape. Throws Error for an operator that cannot do that.
  PythonOperator(std::string name, HeldObject bound, bool linear, const ImageShape& shape, std::int64_t images,
                 const TensorOptions& options);

  [[nodiscard]] Tensor forward(const Tensor& x) const override;
  [[nodiscard]] Tensor vjp(const Tensor& x, const Tensor& v) const override;
  [[nodiscard]] bool is_linear() const override { return linear_; }
  /// Its own; else, of a linear operator, A^T (A A^T + 1e-6 I)^{-1} y.
  [[nodiscard]] Tensor pseudo_inverse(const Tensor& y) const override;
  [[nodiscard]] Tensor measured() const override { return measured_; }
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override { return measurement_shape_; }

 private:
  /// What bound.`name`(...) gives, of that shape without the batch. Throws Error naming the task and what went wrong.
  template <typename... Tensors>
  [[nodiscard]] Tensor asked(const char* what, const std::vector<std::int64_t>& shape, const Tensors&... of) const;

  std::string name_;
  HeldObject bound_;
  bool linear_;
  std::vector<std::int64_t> image_shape_;
  TensorOptions options_;
  Tensor measured_;
  std::vector<std::int64_t> measurement_shape_;
};

}  // namespace dpsbench
