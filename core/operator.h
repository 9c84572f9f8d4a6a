#pragma once
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "core/noise.h"
#include "core/noise_kind.h"
#include "core/tensor.h"

namespace dpsbench {

class Spectral;

/// The denoising task whose exact score fits the step size of DPS-w (paper section 4.3, Appendix B.3).
struct DenoisingReference {
  Tensor image;         ///< the noisy image to denoise, [B, C, H, W]
  Tensor mask;          ///< [B, 1, H, W] of 0 and 1: the pixels the dot products run over; undefined: all
  bool own_gradient;    ///< true: the reference's residual is the task's own, one gradient serves both
  double strength = 1;  ///< factor on the fitted step size (super resolution: its scale)
  bool capped = false;  ///< whether lambda caps the step size (super resolution)
  Tensor noise = {};    ///< deviation of the image's noise over the measurement's, [B]; undefined: 1
};

/// A measurement operator A bound to the images of one batch: their masks and kernels are drawn. Acts on [-1, 1] images
/// and treats each image alone.
class Operator {
 public:
  virtual ~Operator() = default;

  /// A x: [B, C, H, W] -> [B, ...].
  [[nodiscard]] virtual Tensor forward(const Tensor& x) const = 0;

  /// (dA / dx)^T v at x. For linear operators the adjoint A^T v whatever x.
  [[nodiscard]] virtual Tensor vjp(const Tensor& x, const Tensor& v) const = 0;

  [[nodiscard]] virtual bool is_linear() const { return true; }

  /// Whether A x = x for every image: denoising.
  [[nodiscard]] virtual bool is_identity() const { return false; }

  /// A^+ y: the least-norm image with A x = y where there is one; else the usual first guess: [B, C, H, W].
  [[nodiscard]] virtual Tensor pseudo_inverse(const Tensor& y) const = 0;

  /// What a person without any prior would answer, [B, C, H, W]: the interpolated or resized measurement, or y itself
  /// where it is a picture. The default is A^T y; for an operator that is not linear, its first guess.
  [[nodiscard]] virtual Tensor trivial_estimate(const Tensor& y) const {
    return is_linear() ? adjoint(y) : pseudo_inverse(y);
  }

  /// (A A^T + c I)^{-1} r for c > 0, linear operators only. The default is conjugate gradients, each image its own
  /// step lengths, to a relative residual of 1e-6 (float) or 1e-12 (double), or until 32 steps no longer change the
  /// solution z by 1e-5 (float) or 1e-12 (double) of itself in the norm ||A^T z||^2 + c ||z||^2. Throws NumericError
  /// after 50,000 steps.
  [[nodiscard]] virtual Tensor solve_gram(const Tensor& r, double c) const;

  /// The singular value decomposition (core/spectral.h), lives as long as the operator; null where none is cheap.
  [[nodiscard]] virtual const Spectral* spectral() const { return nullptr; }

  /// The reference of DPS-w for the measurement y; none where the task has no denoising character.
  [[nodiscard]] virtual std::optional<DenoisingReference> denoising_reference(const Tensor& y) const {
    (void)y;
    return std::nullopt;
  }

  /// Scales the measurement noise where not all of y is measured (1 there, 0 on hidden pixels); undefined: all is.
  [[nodiscard]] virtual Tensor measured() const { return {}; }

  /// What A is made of, for programs that compute it themselves (runner/exchange/problems.py), beyond the task's
  /// options. Of each image [B, ...]: mask, kernel, signs, rows, matrix; of all images: along_height, along_width,
  /// channels.
  [[nodiscard]] virtual std::map<std::string, Tensor> ingredients() const;

  /// Shape of one image's measurement, without the batch.
  [[nodiscard]] virtual std::vector<std::int64_t> measurement_shape() const = 0;

  /// A measurement as a picture the size of the image, [B, C, H, W]: y itself if it has that size, else A^+ y, unless
  /// the operator knows better.
  [[nodiscard]] virtual Tensor picture(const Tensor& y) const;

 protected:
  [[nodiscard]] Tensor adjoint(const Tensor& v) const { return vjp({}, v); }
};

/// A linear operator's adjoint A^T v: [B, ...] -> [B, C, H, W].
inline Tensor adjoint(const Operator& op, const Tensor& v) { return op.vjp({}, v); }

/// y = A x_0 + sigma_y n, the noise keyed by image only, so that all methods see the same measurement. Hidden pixels of
/// y are 0 unless `hidden_noise`, which adds noise there too as the published DPS and DSG code does. Other
/// noise than Gaussian is of measurements that are pictures in [-1, 1]; sigma_y > 0 then.
Tensor measure(const Operator& op, const Tensor& x0, double sigma_y, const Noise& noise, bool hidden_noise,
               NoiseKind kind = NoiseKind::gaussian);

/// A measurement as a picture the size of the image, for people to look at: [B, C, H, W] in [-1, 1].
Tensor measurement_picture(const Operator& op, const Tensor& y);

}  // namespace dpsbench
