#pragma once
#include "priors/levy/prior.h"

namespace dpsbench {

/// p(x_0 | y) of Levy signals under a linear measurement, by Gibbs sampling. The long chains run when first asked for.
class LevyPosterior final : public ExactPosterior {
 public:
  LevyPosterior(const LevyPrior& prior, const LinearMeasurement& measurement);

  /// Signals of the long chains, chosen by the noise: there are `ReferenceLength` of them, used again and again.
  [[nodiscard]] Tensor draw(const Noise& noise, Purpose purpose, std::int64_t draw) const override;
  [[nodiscard]] Tensor mean() const override;
  [[nodiscard]] Tensor deviation() const override;

  /// From a chain of the prior's denoiser with y as further evidence.
  [[nodiscard]] Tensor score(const Tensor& x_t, const NoiseLevel& level) const override;

 private:
  [[nodiscard]] std::vector<std::shared_ptr<const LevyReference>> references() const;
  [[nodiscard]] Tensor to_signals(const std::vector<Tensor>& rows) const;

  const LevyPrior& prior_;
  std::vector<SignalEvidence> evidence_;  ///< of y, an image each
};

}  // namespace dpsbench
