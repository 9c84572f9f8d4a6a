#include "metrics/statistics/kolmogorov_smirnov.h"

#include <algorithm>
#include <boost/math/constants/constants.hpp>
#include <cmath>
#include <tuple>

#include "core/error.h"

namespace dpsbench {
namespace {

/// Kolmogorov's limit law, P(sqrt(n) D_n > z); of its two series the one that converges at once.
double kolmogorov_survival(double z) {
  if (z <= 0) return 1;
  const double pi = boost::math::constants::pi<double>();
  double sum = 0;
  if (z < 1) {
    for (int k = 1; k <= 7; k += 2) sum += std::exp(-k * k * pi * pi / (8 * z * z));
    return 1 - std::sqrt(2 * pi) / z * sum;
  }
  for (int k = 1; k <= 5; ++k) sum += (k % 2 == 1 ? 2 : -2) * std::exp(-2 * k * k * z * z);
  return sum;
}

}  // namespace

GoodnessOfFit kolmogorov_smirnov(const Tensor& probabilities) {
  const Tensor given = probabilities.to(at::kDouble).flatten();
  if (given.numel() == 0 || !((given >= 0) & (given <= 1)).all().item<bool>())
    throw Error(fmt::format("the Kolmogorov-Smirnov test takes probabilities ({}) in [0, 1]", given.numel()));
  const Tensor law = std::get<0>(given.sort());
  const std::int64_t count = law.numel();
  const Tensor below = at::arange(count, law.options()) / static_cast<double>(count);
  const double above_law = (below + 1.0 / static_cast<double>(count) - law).max().item<double>();
  const double below_law = (law - below).max().item<double>();
  const double statistic = std::max(above_law, below_law);
  return {statistic, kolmogorov_smirnov_p_value(statistic, count), count};
}

GoodnessOfFit kolmogorov_smirnov_normal(const Tensor& values, double deviation) {
  if (values.numel() == 0 || !(deviation > 0) || !values.isfinite().all().item<bool>())
    throw Error(fmt::format("the Kolmogorov-Smirnov test takes finite values ({}) and a deviation > 0 ({})",
                            values.numel(), deviation));
  return kolmogorov_smirnov(at::special_ndtr(values.to(at::kDouble) / deviation));
}

double kolmogorov_smirnov_p_value(double statistic, std::int64_t count) {
  const auto n = static_cast<double>(count);
  const double z = statistic * std::sqrt(n);
  return std::clamp(kolmogorov_survival(z + 1 / (6 * std::sqrt(n)) + (z - 1) / (4 * n)), 0.0, 1.0);
}

}  // namespace dpsbench
