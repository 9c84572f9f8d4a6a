#pragma once
#include "core/anisotropic.h"
#include "core/noise.h"

namespace dpsbench {

/// The finite-sample measure sum_i w_i delta(x_0 - x_i) of N images as a prior. Its noised scores, and its posterior
/// under any measurement, linear or not, are softmax averages over the images: exact at every noise level. Averages
/// stream over blocks of images as matrix products; nothing of size N x B x D is ever made. The sums are in double
/// whatever the number type of the images sampled: at small noise a logit is of the order D / sigma^2.
class EmpiricalPrior final : public ClosedFormPrior {
 public:
  /// images: [N, C, H, W], N >= 1, equally likely. Takes them to `options`' device in double (8 N C H W bytes), samples
  /// in its number type. Throws Error for another shape, DataError when a number is not finite.
  EmpiricalPrior(const Tensor& images, const TensorOptions& options);

  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override;
  [[nodiscard]] ImageShape shape() const override { return shape_; }
  [[nodiscard]] TensorOptions options() const override { return options_; }

  /// variances must be > 0: without noise on a pixel the measure has no density there.
  [[nodiscard]] Tensor score_anisotropic(const Tensor& x, const Tensor& variances) const override;

  /// Of any measurement. Where its components in one basis are known, two matrix products tell all likelihoods; else
  /// each image is measured.
  [[nodiscard]] std::unique_ptr<ExactPosterior> exact_posterior(const Measurement& measurement) const override;

  /// log p(y | x_0) of some images, [n, C, H, W] double -> [n], or [B, n] for B measurements, up to a constant of each.
  using LogLikelihood = std::function<Tensor(const Tensor& images)>;

  /// The posteriors under any measurements: the same images (shared, not copied), weighted by their likelihood. Those
  /// of B measurements are one measure for each image of batches of B.
  [[nodiscard]] std::unique_ptr<EmpiricalPrior> posterior(const LogLikelihood& log_likelihood) const;

  /// That of one linear measurement y = A x_0 + sigma n: A [m, D], y [m].
  [[nodiscard]] std::unique_ptr<EmpiricalPrior> posterior(const Tensor& matrix, const Tensor& y, double sigma) const;

  /// One draw an image of `noise`, [B, C, H, W]: exact samples of the measure.
  [[nodiscard]] Tensor sample(const Noise& noise, Purpose purpose, std::int64_t draw = 0) const override;

  /// Mean and variance of each pixel, [B or 1, C, H, W] double each.
  [[nodiscard]] std::pair<Tensor, Tensor> moments() const;

  [[nodiscard]] std::int64_t size() const { return images_.size(0); }
  [[nodiscard]] Tensor weights() const { return log_weights_.exp(); }  ///< [B or 1, N]

 private:
  struct Tilt;     ///< exponents of the images' weights, quadratic in the image
  struct Average;  ///< the softmax average under a tilt
  EmpiricalPrior(Tensor images, Tensor squares, Tensor log_weights, const ImageShape& shape,
                 const TensorOptions& options);
  [[nodiscard]] Average average(const Tilt& tilt) const;
  /// Cov c of each row under the average's weights: c [B, D] -> [B, D].
  [[nodiscard]] Tensor covariance_times(const Tilt& tilt, const Average& average, const Tensor& c) const;
  void check(const Tensor& x) const;

  Tensor images_;       ///< [N, D] double
  Tensor squares_;      ///< [N], |x_i|^2
  Tensor log_weights_;  ///< [B or 1, N] double, normalised: a row an image of the batch, or one for all
  ImageShape shape_;
  TensorOptions options_;
};

}  // namespace dpsbench
