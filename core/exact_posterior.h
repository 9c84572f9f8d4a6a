#pragma once
#include <functional>
#include <memory>
#include <optional>

#include "core/noise.h"
#include "core/prior.h"

namespace dpsbench {

/// p(x_0 | y) of every image of a batch, known exactly: what samplers are measured against. Lives no longer than the
/// prior and the measurement it was made of.
class ExactPosterior {
 public:
  virtual ~ExactPosterior() = default;

  /// One sample an image, independent of all others: [B, C, H, W]. `draw` tells apart the samples of one purpose.
  [[nodiscard]] virtual Tensor draw(const Noise& noise, Purpose purpose, std::int64_t draw) const = 0;

  /// E[x_0 | y]: [B, C, H, W].
  [[nodiscard]] virtual Tensor mean() const = 0;

  /// The standard deviation of each pixel: [B, C, H, W].
  [[nodiscard]] virtual Tensor deviation() const = 0;

  /// grad log p_t(x_t | y) of the posterior noised to any level: [B, C, H, W].
  [[nodiscard]] virtual Tensor score(const Tensor& x_t, const NoiseLevel& level) const = 0;

  /// The weight of each mode, [B, K], rows summing to 1; undefined for a posterior that is no sum of modes.
  [[nodiscard]] virtual Tensor mode_weights() const { return {}; }

  /// p(mode | x_0 = x) of some images x [B, C, H, W]: [B, K], rows summing to 1; undefined likewise.
  [[nodiscard]] virtual Tensor mode_shares(const Tensor& x) const {
    (void)x;
    return {};
  }
};

/// Measurements of a batch y = A x_0 + sigma n in an orthonormal basis V in which A^T A is diagonal: component i of
/// V^T x_0 was measured as `value` with `precision`, independently of the others.
struct ComponentMeasurement {
  std::function<Tensor(const Tensor&)> to_basis;    ///< V^T: [B, C, H, W] -> [B, D]
  std::function<Tensor(const Tensor&)> from_basis;  ///< V: [B, D] -> [B, C, H, W]
  bool same_basis;                                  ///< whether V is the same for every image, and of any batch
  Tensor value;                                     ///< [B, D]; 0 where nothing was measured
  Tensor precision;                                 ///< [B or 1, D], S^2 / sigma^2; 0 where nothing was measured
};

/// A linear measurement as closed forms may want it.
struct LinearMeasurement {
  Tensor y;                                        ///< [B, m]
  double sigma;                                    ///< > 0
  std::function<Tensor()> matrices;                ///< A, dense [B or 1, m, D]: 1 where it is the same for all images
  std::optional<ComponentMeasurement> components;  ///< where a singular value decomposition is at hand
};

/// The measurements of a batch of images.
struct Measurement {
  std::int64_t images;  ///< B

  /// log p(y_b | x_0 = x) of one image x [1, C, H, W] for every y_b, up to a constant of y_b: [B] double.
  std::function<Tensor(const Tensor& x)> log_likelihood;

  std::optional<LinearMeasurement> linear;  ///< where A is linear
};

/// Of which measurements a prior knows the posterior. `inpainting_scores`: of images whose other pixels are hidden, and
/// of that posterior only the score (Proposition 4.2), no draws.
enum class KnownPosteriors { none, inpainting_scores, linear, any };

/// A prior that knows its posteriors.
class TractablePrior : public Prior {
 public:
  /// One exact sample of p(x_0) an image, [B, C, H, W]; `draw` tells apart the samples of one purpose.
  [[nodiscard]] virtual Tensor sample(const Noise& noise, Purpose purpose, std::int64_t draw) const = 0;

  /// Throws Error for a measurement of which it does not know the posterior.
  [[nodiscard]] virtual std::unique_ptr<ExactPosterior> exact_posterior(const Measurement& measurement) const = 0;
};

}  // namespace dpsbench
