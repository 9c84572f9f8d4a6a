#pragma once
#include "core/operator.h"
#include "core/posterior_score.h"

namespace dpsbench {

/// The prior term grad log p_{t~}(x~) of Proposition 4.1 along one sampling run. Where sigma_t >> sigma_y the point
/// (x~, t~) hardly differs from (y, t(sigma_y)); with a tolerance, the term is computed there once and reused for every
/// step at which the state's weight in x~, sigma_y^2 / (sigma_y^2 + sigma_t^2), is below it (paper, Appendix B.2).
class ReferenceScore {
 public:
  /// `image`: the noisy image to denoise, [B, C, H, W]. `mask` [B, 1, H, W]: pixels measured (1) and hidden (0), which
  /// keep the state's own value in x~ (Proposition 4.2); undefined: all measured. `tolerance` 0: never reuse.
  ReferenceScore(const Prior& prior, const NoiseSchedule& schedule, Tensor image, Tensor mask, double sigma_y,
                 double tolerance);

  /// The exact posterior score at x_t, valid on measured pixels: [B, C, H, W].
  Tensor posterior_score(const Tensor& x_t, const NoiseLevel& level);

 private:
  Tensor prior_term(const DenoisingPosterior& at, const Tensor& x_t, const NoiseLevel& level);

  const Prior& prior_;
  const NoiseSchedule& schedule_;
  Tensor image_;
  Tensor mask_;
  double sigma_y_;
  double tolerance_;
  Tensor reused_;
};

/// The same for a batch whose images' noise differs: each image by itself there, all at once where it is one.
class ReferenceScores {
 public:
  ReferenceScores(const Prior& prior, const NoiseSchedule& schedule, const DenoisingReference& reference,
                  double sigma_y, double tolerance);

  /// The exact posterior score at x_t: [B, C, H, W].
  Tensor posterior_score(const Tensor& x_t, const NoiseLevel& level);

 private:
  std::vector<ReferenceScore> scores_;  ///< one, or one an image
};

/// How many of `steps` respaced steps evaluate the prior term anew, plus the one evaluation that is reused.
double reference_evaluations(std::int64_t steps, double sigma_y, double tolerance);

}  // namespace dpsbench
