#pragma once
#include "tasks/parts/spectral_operator.h"

namespace dpsbench {

/// y = A_h X A_w^T on every channel X: a filter or resampling, its boundary rule included, that acts on the two axes
/// one after the other. The singular value decomposition is the product of those of the two small matrices; singular
/// values under max(H, W) epsilon times the greatest, epsilon of the operator's number type, are zero.
class SeparableOperator : public SpectralOperator {
 public:
  /// along_height: [h, H], along_width: [w, W], double on the CPU, h <= H and w <= W.
  SeparableOperator(const Tensor& along_height, const Tensor& along_width, const ImageShape& shape,
                    const TensorOptions& options);

  [[nodiscard]] Tensor forward(const Tensor& x) const override;
  [[nodiscard]] Tensor vjp(const Tensor& x, const Tensor& v) const override;
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override {
    return {shape_.channels, height_.matrix.size(0), width_.matrix.size(0)};
  }

  [[nodiscard]] std::map<std::string, Tensor> ingredients() const override {
    return {{"along_height", height_.matrix}, {"along_width", width_.matrix}};
  }

  [[nodiscard]] Tensor v_transpose(const Tensor& x) const override;
  [[nodiscard]] Tensor v(const Tensor& z) const override;
  [[nodiscard]] Tensor u_transpose(const Tensor& y) const override;
  [[nodiscard]] Tensor u(const Tensor& z) const override;
  [[nodiscard]] Tensor singular_values() const override { return singular_values_; }

 private:
  /// One axis: matrix [m, n] = u [m, m] diag(s) v^T, v [n, n].
  struct Axis {
    Tensor matrix;
    Tensor u;
    Tensor v;
    Tensor s;  ///< [n], the last n - m zero; double on the CPU
  };
  static Axis decompose(const Tensor& matrix, const TensorOptions& options);

  Axis height_;
  Axis width_;
  ImageShape shape_;
  Tensor singular_values_;
};

}  // namespace dpsbench
