#include "metrics/statistics/bootstrap.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "core/error.h"

namespace dpsbench {
namespace {

using Normal = boost::math::normal;
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();

double normal_quantile(double probability) {
  if (probability <= 0) return -infinite;
  if (probability >= 1) return infinite;
  return boost::math::quantile(Normal(), probability);
}

double normal_probability(double deviate) {
  if (std::isnan(deviate)) return undefined;
  if (std::isinf(deviate)) return deviate > 0 ? 1 : 0;
  return boost::math::cdf(Normal(), deviate);
}

/// Efron 1987, Eq. 4.1, resamples equal to the estimate counted half.
double bias_of(double estimate, const std::vector<double>& sorted) {
  const auto [first, last] = std::equal_range(sorted.begin(), sorted.end(), estimate);
  const auto below = static_cast<double>(first - sorted.begin());
  const auto not_above = static_cast<double>(last - sorted.begin());
  return normal_quantile((below + not_above) / (2 * static_cast<double>(sorted.size())));
}

/// Efron 1987, Eq. 6.6, from the jackknife; 0 for a statistic that no observation moves.
double acceleration_of(const std::vector<double>& leave_one_out) {
  const double centre = mean_of(leave_one_out);
  double squares = 0;
  double cubes = 0;
  for (const double value : leave_one_out) {
    const double influence = centre - value;
    squares += influence * influence;
    cubes += influence * influence * influence;
  }
  return squares > 0 ? cubes / (6 * std::pow(squares, 1.5)) : 0;
}

/// The quantile interpolated between order statistics; NaN for NaN.
double quantile_of_sorted(const std::vector<double>& sorted, double probability) {
  if (std::isnan(probability)) return undefined;
  const double rank = probability * static_cast<double>(sorted.size() - 1);
  const auto below = static_cast<std::size_t>(rank);
  const std::size_t above = std::min(below + 1, sorted.size() - 1);
  return sorted[below] + (rank - static_cast<double>(below)) * (sorted[above] - sorted[below]);
}

/// A statistic of the observations drawn, by their numbers.
using DrawnStatistic = std::function<double(const std::vector<std::size_t>&)>;

std::vector<double> leave_one_out_of(std::size_t count, const DrawnStatistic& statistic) {
  std::vector<double> left_out;
  for (std::size_t i = 0; i < count; ++i) {
    std::vector<std::size_t> others;
    for (std::size_t k = 0; k < count; ++k)
      if (k != i) others.push_back(k);
    left_out.push_back(statistic(others));
  }
  return left_out;
}

std::vector<double> resample(std::int64_t count, const DrawnStatistic& statistic, const Noise& noise,
                             std::int64_t resamples) {
  std::vector<std::size_t> drawn(static_cast<std::size_t>(count));
  std::vector<double> results;
  for (std::int64_t r = 0; r < resamples; ++r) {
    const Tensor uniform = noise.uniform(Purpose::bootstrap, r, {count}, at::kFloat);
    const float* const u = uniform.const_data_ptr<float>();
    for (std::int64_t i = 0; i < count; ++i) {
      const auto index = static_cast<std::int64_t>(static_cast<double>(u[i]) * static_cast<double>(count));
      drawn[static_cast<std::size_t>(i)] = static_cast<std::size_t>(std::min(index, count - 1));
    }
    results.push_back(statistic(drawn));
  }
  return results;
}

BootstrapInterval interval_of(double estimate, std::size_t count, const DrawnStatistic& statistic, const Noise& noise,
                              std::int64_t resamples, double confidence) {
  if (count == 0 || !(confidence > 0 && confidence < 1) || resamples < 1 || noise.images() != 1)
    throw Error(
        fmt::format("a bootstrap interval takes values ({}), 0 < confidence < 1 ({}), resamples >= 1 ({}) and one "
                    "stream of noise ({})",
                    count, confidence, resamples, noise.images()));
  if (count < 2) return {estimate, undefined, undefined, undefined, undefined};
  return bca_interval(estimate, resample(static_cast<std::int64_t>(count), statistic, noise, resamples),
                      leave_one_out_of(count, statistic), confidence);
}

}  // namespace

BootstrapInterval bca_interval(double estimate, std::vector<double> resampled, const std::vector<double>& leave_one_out,
                               double confidence) {
  std::sort(resampled.begin(), resampled.end());
  const double bias = bias_of(estimate, resampled);
  const double acceleration = acceleration_of(leave_one_out);
  const auto end = [&](double tail) {  // Efron 1987, Eq. 6.8
    const double z = bias + normal_quantile(tail);
    return quantile_of_sorted(resampled, normal_probability(bias + z / (1 - acceleration * z)));
  };
  return {estimate, end((1 - confidence) / 2), end((1 + confidence) / 2), bias, acceleration};
}

BootstrapInterval bootstrap_interval(const std::vector<double>& values, const Statistic& statistic, const Noise& noise,
                                     std::int64_t resamples, double confidence) {
  const auto of_drawn = [&](const std::vector<std::size_t>& drawn) {
    std::vector<double> chosen;
    for (const std::size_t i : drawn) chosen.push_back(values[i]);
    return statistic(chosen);
  };
  const double estimate = values.empty() ? undefined : statistic(values);
  return interval_of(estimate, values.size(), of_drawn, noise, resamples, confidence);
}

BootstrapInterval bootstrap_mean(const std::vector<double>& values, const Groups& groups, const Noise& noise,
                                 std::int64_t resamples, double confidence) {
  std::map<std::size_t, std::pair<double, double>> sums;  // of each group, with its number of values
  const std::vector<std::size_t> group_of = group_numbers(groups, values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    sums[group_of[i]].first += values[i];
    ++sums[group_of[i]].second;
  }
  const auto of_drawn = [&](const std::vector<std::size_t>& drawn) {
    double sum = 0;
    double count = 0;
    for (const std::size_t g : drawn) {
      sum += sums[g].first;
      count += sums[g].second;
    }
    return sum / count;
  };
  return interval_of(mean_of(values), sums.size(), of_drawn, noise, resamples, confidence);
}

}  // namespace dpsbench
