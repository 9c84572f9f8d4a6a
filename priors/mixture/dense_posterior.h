#pragma once
#include "core/exact_posterior.h"
#include "priors/mixture/prior.h"

namespace dpsbench {

/// p(x_0 | y) of a mixture under any linear measurement: a mixture an image, its covariances dense.
class DensePosterior final : public ExactPosterior {
 public:
  /// Some K D^3 operations for every A, in double; answers are in the prior's number type.
  DensePosterior(const GaussianMixturePrior& prior, const LinearMeasurement& measurement);

  [[nodiscard]] Tensor draw(const Noise& noise, Purpose purpose, std::int64_t draw) const override;
  [[nodiscard]] Tensor mean() const override;
  [[nodiscard]] Tensor deviation() const override;
  [[nodiscard]] Tensor score(const Tensor& x_t, const NoiseLevel& level) const override;
  [[nodiscard]] Tensor mode_weights() const override;
  [[nodiscard]] Tensor mode_shares(const Tensor& x) const override { return prior_.component_shares(x); }

 private:
  const GaussianMixturePrior& prior_;
  std::vector<std::unique_ptr<const GaussianMixturePrior>> posteriors_;  ///< an image each
};

}  // namespace dpsbench
