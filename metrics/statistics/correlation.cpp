#include "metrics/statistics/correlation.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace dpsbench {

Correlation pearson_correlation(const Tensor& first, const Tensor& second) {
  if (first.sizes() != second.sizes() || first.numel() < 3)
    throw Error(fmt::format("a correlation takes three or more pairs; the sides have the shapes [{}] and [{}]",
                            fmt::join(first.sizes(), ", "), fmt::join(second.sizes(), ", ")));
  const Tensor x = first.to(at::kDouble) - first.to(at::kDouble).mean();
  const Tensor y = second.to(at::kDouble) - second.to(at::kDouble).mean();
  const double xx = x.square().sum().item<double>();
  const double yy = y.square().sum().item<double>();
  const double xy = (x * y).sum().item<double>();

  Correlation result;
  result.count = first.numel();
  result.r = std::clamp(xy / std::sqrt(xx * yy), -1.0, 1.0);
  if (std::isnan(result.r)) {
    result.p_value = std::numeric_limits<double>::quiet_NaN();
    return result;
  }
  const auto freedom = static_cast<double>(result.count - 2);
  const double unexplained = 1 - result.r * result.r;
  result.p_value = 0;
  if (unexplained > 0) {
    const double t = std::abs(result.r) * std::sqrt(freedom / unexplained);
    result.p_value = 2 * boost::math::cdf(boost::math::complement(boost::math::students_t(freedom), t));
  }
  return result;
}

}  // namespace dpsbench
