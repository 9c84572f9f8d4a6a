#include "toy/line_mixture.h"

#include <cmath>
#include <numbers>

namespace dpsbench {
namespace {

/// Points relative to each component, in its deviations: [N, K].
Tensor standardised(const LineMixture& law, const Tensor& points) {
  return (points.to(at::kDouble).unsqueeze(1) - law.means) / law.deviations;
}

}  // namespace

Tensor LineMixture::cdf(const Tensor& points) const {
  return (at::special_ndtr(standardised(*this, points)) * weights).sum(1).clamp(0, 1);
}

Tensor LineMixture::density(const Tensor& points) const {
  const Tensor normal = (standardised(*this, points).square() * -0.5).exp() / std::sqrt(2 * std::numbers::pi);
  return (normal * (weights / deviations)).sum(1);
}

LineMixture marginal(const GaussianMixture& mixture, std::int64_t coordinate) {
  return {mixture.log_weights.exp(), mixture.means.select(1, coordinate).contiguous(),
          mixture.covariances().select(1, coordinate).select(1, coordinate).sqrt()};
}

LineMixture window_law(const GaussianMixture& mixture, std::int64_t coordinate, double centre, double width) {
  Tensor measures = at::zeros({1, mixture.dimension()}, at::kDouble);
  measures.select(1, coordinate).fill_(1);
  return marginal(linear_posterior(mixture, measures, at::full({1}, centre, at::kDouble), width), coordinate);
}

}  // namespace dpsbench
