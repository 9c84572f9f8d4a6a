#include "metrics/statistics/paired.h"

#include <algorithm>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/error.h"

namespace dpsbench {
namespace {

double two_sided(double t, double freedom) {
  if (std::isinf(t)) return 0;
  return 2 * boost::math::cdf(boost::math::complement(boost::math::students_t(freedom), std::abs(t)));
}

}  // namespace

PairedComparison paired_comparison(const std::vector<double>& first, const std::vector<double>& second,
                                   const Groups& groups, double confidence) {
  if (first.size() != second.size())
    throw Error(fmt::format("a paired comparison takes as many values of one method ({}) as of the other ({})",
                            first.size(), second.size()));
  std::vector<double> differences;
  for (std::size_t i = 0; i < first.size(); ++i) {
    differences.push_back(first[i] - second[i]);
    if (!std::isfinite(differences.back()))
      throw Error(fmt::format("a paired comparison takes finite values; pair {} is {} and {}", i, first[i], second[i]));
  }
  PairedComparison comparison;
  comparison.difference = mean_interval(differences, groups, confidence);
  const MeanInterval& difference = comparison.difference;
  if (difference.groups < 2) {
    comparison.t = std::numeric_limits<double>::quiet_NaN();
    return comparison;
  }
  if (difference.mean == 0) return comparison;
  const auto freedom = static_cast<double>(difference.groups - 1);
  const double quantile = boost::math::quantile(boost::math::students_t(freedom), (1 + confidence) / 2);
  comparison.t = difference.mean / (difference.half_width / quantile);
  comparison.p_value = two_sided(comparison.t, freedom);
  return comparison;
}

std::vector<double> holm_adjusted(const std::vector<double>& p_values) {
  for (const double p : p_values)
    if (!(p >= 0 && p <= 1)) throw Error(fmt::format("Holm's adjustment takes p values in [0, 1]; {} is none", p));
  std::vector<std::size_t> order(p_values.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return p_values[a] < p_values[b]; });
  std::vector<double> adjusted(p_values.size());
  double so_far = 0;
  for (std::size_t k = 0; k < order.size(); ++k) {
    so_far = std::max(so_far, std::min(1.0, static_cast<double>(order.size() - k) * p_values[order[k]]));
    adjusted[order[k]] = so_far;
  }
  return adjusted;
}

}  // namespace dpsbench
