#pragma once
#include "tasks/parts/spectral_operator.h"

namespace dpsbench {

/// Some columns (lines) of the centred orthonormal Fourier transform F of an image; each image has lines of its own,
/// the same for its channels. A measurement is [2 C', H, w]: real and imaginary part of each of C' transforms.
class FourierLines : public SpectralOperator {
 public:
  [[nodiscard]] std::vector<std::int64_t> measurement_shape() const override {
    return {2 * transforms_, shape_.height, lines_.size(1)};
  }
  [[nodiscard]] std::map<std::string, Tensor> ingredients() const override { return {{"lines", lines_}}; }
  [[nodiscard]] Tensor picture(const Tensor& y) const override { return pseudo_inverse(y); }
  [[nodiscard]] bool has_one_basis() const override { return false; }

 protected:
  /// lines: [B, w], long, ascending; transforms: how many transforms an image has.
  FourierLines(const Tensor& lines, std::int64_t transforms, const ImageShape& shape)
      : lines_(lines), transforms_(transforms), shape_(shape) {}

  /// F of complex images, as pairs: [B, C', H, W, 2] -> the same.
  static Tensor transformed(const Tensor& pairs);
  /// F^H.
  static Tensor untransformed(const Tensor& pairs);

  /// Those columns of pairs as a measurement.
  [[nodiscard]] Tensor taken(const Tensor& pairs) const;
  /// A measurement as pairs [B, C', H, W, 2], 0 where nothing is measured.
  [[nodiscard]] Tensor filled(const Tensor& y) const;
  /// [B, W]: 1 where a column is measured.
  [[nodiscard]] Tensor columns_measured(const TensorOptions& options) const;

  Tensor lines_;
  std::int64_t transforms_;
  ImageShape shape_;
};

/// Of complex images, whose channels are pairs of real and imaginary part: F is unitary, so that all singular values
/// are 1 or 0.
class ComplexFourierLines final : public FourierLines {
 public:
  ComplexFourierLines(const Tensor& lines, const ImageShape& shape, const TensorOptions& options);

  [[nodiscard]] Tensor forward(const Tensor& x) const override { return u(v_transpose(x)); }
  [[nodiscard]] Tensor vjp(const Tensor&, const Tensor& w) const override { return v(u_transpose(w)); }
  [[nodiscard]] Tensor v_transpose(const Tensor& x) const override;
  [[nodiscard]] Tensor v(const Tensor& z) const override;
  [[nodiscard]] Tensor u_transpose(const Tensor& y) const override { return filled(y).flatten(1); }
  [[nodiscard]] Tensor u(const Tensor& z) const override { return taken(as_pairs(z)); }
  [[nodiscard]] Tensor singular_values() const override { return s_; }

 private:
  [[nodiscard]] Tensor as_pairs(const Tensor& z) const {
    return z.reshape({z.size(0), transforms_, shape_.height, shape_.width, 2});
  }
  Tensor s_;
};

/// Of real images, each channel a transform. F x at a frequency and at its negative are conjugates, so that an image
/// has one real coordinate a frequency: of a pair the first holds sqrt(2) times the real part, the second sqrt(2) times
/// the imaginary part of the first; of a frequency that is its own negative, the real part. Singular values are 1 where
/// both of a pair are measured, sqrt(1/2) where one is, and 0. Where both are, half of the four numbers measured tell
/// nothing of the image: they are embedded in columns of which neither is measured, as many as are needed where at most
/// half of all columns are measured.
class RealFourierLines final : public FourierLines {
 public:
  /// lines: at most W / 2.
  RealFourierLines(const Tensor& lines, const ImageShape& shape, const TensorOptions& options);

  [[nodiscard]] Tensor forward(const Tensor& x) const override;
  [[nodiscard]] Tensor vjp(const Tensor& x, const Tensor& w) const override;
  [[nodiscard]] Tensor v_transpose(const Tensor& x) const override;
  [[nodiscard]] Tensor v(const Tensor& z) const override;
  [[nodiscard]] Tensor u_transpose(const Tensor& y) const override;
  [[nodiscard]] Tensor u(const Tensor& z) const override;
  [[nodiscard]] Tensor singular_values() const override { return s_; }

 private:
  Tensor first_;   ///< [H, W], bool: the first of a pair of frequencies
  Tensor own_;     ///< [H, W], bool: its own negative
  Tensor both_;    ///< [B, 1, 1, W]: 1 where a column and its negative are measured
  Tensor weight_;  ///< [B, 1, 1, W]: sqrt(1/2) there, 1 elsewhere
  Tensor guest_;   ///< [B, W], long: the column of both_ whose useless numbers a column holds; W: none
  Tensor host_;    ///< [B, W], long: where the useless numbers of a column of both_ lie; W: it has none
  Tensor s_;       ///< [B, n]
};

}  // namespace dpsbench
