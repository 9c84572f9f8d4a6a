#pragma once
#include "priors/mixture/mixture.h"

namespace dpsbench {

/// A mixture of normal laws on a line.
struct LineMixture {
  Tensor weights;     ///< [K], sum 1
  Tensor means;       ///< [K]
  Tensor deviations;  ///< [K]

  /// Distribution function and density at points [N]: [N].
  [[nodiscard]] Tensor cdf(const Tensor& points) const;
  [[nodiscard]] Tensor density(const Tensor& points) const;
};

/// The law of one coordinate of a mixture.
LineMixture marginal(const GaussianMixture& mixture, std::int64_t coordinate);

/// What that coordinate follows in the umbrella window exp(-(x - centre)^2 / (2 width^2)): the posterior of measuring
/// it as `centre` with noise `width`.
LineMixture window_law(const GaussianMixture& mixture, std::int64_t coordinate, double centre, double width);

}  // namespace dpsbench
