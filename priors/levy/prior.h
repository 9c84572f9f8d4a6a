#pragma once
#include "core/anisotropic.h"
#include "priors/levy/reference.h"

namespace dpsbench {

/// Signals with independent increments as a prior, shaped [1, 1, L]. No score of theirs is known in closed form, but
/// Gibbs sampling tells each to a Monte Carlo error that is known too. What is asked decides the random numbers: one
/// point at one noise level has one answer, on whatever rank and in whatever batch, and errors at different points are
/// independent.
class LevyPrior final : public ClosedFormPrior {
 public:
  /// `denoiser`: the chain behind a score. Throws Error unless all lengths are positive.
  LevyPrior(const LevyLaw& law, std::int64_t length, const ChainLength& denoiser, const ReferenceLength& reference,
            const TensorOptions& options);

  /// eps from the posterior mean of a Gibbs chain, its Jacobian from the posterior covariance of the same chain: d
  /// E[x_0 | x_t] / d x_t = sqrt(abar) / (1 - abar) Cov(x_0 | x_t). The level must have noise.
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override;
  [[nodiscard]] ImageShape shape() const override { return {1, 1, length_}; }
  [[nodiscard]] TensorOptions options() const override { return options_; }

  /// variances must be > 0.
  [[nodiscard]] Tensor score_anisotropic(const Tensor& x, const Tensor& variances) const override;

  [[nodiscard]] Tensor sample(const Noise& noise, Purpose purpose, std::int64_t draw) const override;

  /// Of a linear measurement, by long chains; draws are signals of theirs, its score a chain's as short as the prior's.
  [[nodiscard]] std::unique_ptr<ExactPosterior> exact_posterior(const Measurement& measurement) const override;

 private:
  friend class LevyPosterior;
  void check(const Tensor& x) const;
  /// Posterior moments of each image's evidence: means [B, L], and covariances [B, L, L] where asked for. Double.
  [[nodiscard]] std::pair<Tensor, Tensor> moments(const std::vector<SignalEvidence>& evidence,
                                                  bool with_covariance) const;
  /// The evidence of images x [B, 1, 1, L] seen with noise of some variances, [B or 1, 1, 1, L].
  [[nodiscard]] std::vector<SignalEvidence> evidence_of(const Tensor& x, const Tensor& variances) const;

  LevyLaw law_;
  std::int64_t length_;
  ChainLength denoiser_;
  std::shared_ptr<LevyReferences> references_;
  TensorOptions options_;
};

}  // namespace dpsbench
