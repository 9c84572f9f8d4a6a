#include "metrics/statistics/bootstrap.h"

#include <algorithm>
#include <boost/math/distributions/normal.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace dpsbench {
namespace {

using Normal = boost::math::normal;
constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
constexpr double infinite = std::numeric_limits<double>::infinity();
constexpr std::size_t most_kept = std::size_t{1} << 24;  ///< numbers drawn, 64 MiB

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
  std::vector<std::size_t> others(count - 1);
  for (std::size_t k = 0; k + 1 < count; ++k) others[k] = k + 1;
  std::vector<double> left_out;
  for (std::size_t i = 0; i < count; ++i) {
    left_out.push_back(statistic(others));
    if (i + 1 < count) others[i] = i;
  }
  return left_out;
}

/// One resample: `drawn`'s length of numbers below it.
void draw(const Noise& noise, std::int64_t resample, std::vector<std::size_t>& drawn) {
  const auto count = static_cast<std::int64_t>(drawn.size());
  const Tensor uniform = noise.uniform(Purpose::bootstrap, resample, {count}, at::kFloat);
  const float* const u = uniform.const_data_ptr<float>();
  for (std::int64_t i = 0; i < count; ++i) {
    const auto index = static_cast<std::int64_t>(static_cast<double>(u[i]) * static_cast<double>(count));
    drawn[static_cast<std::size_t>(i)] = static_cast<std::size_t>(std::min(index, count - 1));
  }
}

void check(std::size_t count, const Noise& noise, std::int64_t resamples, double confidence) {
  if (count == 0 || !(confidence > 0 && confidence < 1) || resamples < 1 || noise.images() != 1)
    throw Error(
        fmt::format("a bootstrap interval takes values ({}), 0 < confidence < 1 ({}), resamples >= 1 ({}) and one "
                    "stream of noise ({})",
                    count, confidence, resamples, noise.images()));
}

BootstrapInterval interval_of_one(double estimate) { return {estimate, undefined, undefined, undefined, undefined}; }

/// Groups of values as a mean sees them.
struct GroupSums {
  std::vector<double> sums;
  std::vector<double> counts;

  /// The mean of all values of the drawn groups, added in their order.
  template <typename Numbers>
  [[nodiscard]] double mean(const Numbers& drawn) const {
    double sum = 0;
    double count = 0;
    for (const auto g : drawn) {
      sum += sums[g];
      count += counts[g];
    }
    return sum / count;
  }
};

GroupSums group_sums(const std::vector<double>& values, const Groups& groups) {
  const std::vector<std::size_t> group_of = group_numbers(groups, values.size());
  const std::size_t count = values.empty() ? 0 : 1 + *std::ranges::max_element(group_of);
  GroupSums found{std::vector<double>(count), std::vector<double>(count)};
  for (std::size_t i = 0; i < values.size(); ++i) {
    found.sums[group_of[i]] += values[i];
    ++found.counts[group_of[i]];
  }
  return found;
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
  check(values.size(), noise, resamples, confidence);
  const auto of_drawn = [&](const std::vector<std::size_t>& drawn) {
    std::vector<double> chosen;
    for (const std::size_t i : drawn) chosen.push_back(values[i]);
    return statistic(chosen);
  };
  const double estimate = statistic(values);
  if (values.size() < 2) return interval_of_one(estimate);
  std::vector<std::size_t> drawn(values.size());
  std::vector<double> resampled;
  for (std::int64_t r = 0; r < resamples; ++r) {
    draw(noise, r, drawn);
    resampled.push_back(of_drawn(drawn));
  }
  return bca_interval(estimate, std::move(resampled), leave_one_out_of(values.size(), of_drawn), confidence);
}

MeanBootstrap::MeanBootstrap(const Noise& noise, std::int64_t resamples, double confidence)
    : noise_(noise), resamples_(resamples), confidence_(confidence) {}

BootstrapInterval MeanBootstrap::interval(const std::vector<double>& values, const Groups& groups) {
  const GroupSums of_groups = group_sums(values, groups);
  const std::size_t count = of_groups.sums.size();
  check(count, noise_, resamples_, confidence_);
  const double estimate = mean_of(values);
  if (count < 2) return interval_of_one(estimate);
  std::vector<double> resampled;
  resampled.reserve(static_cast<std::size_t>(resamples_));
  for (std::int64_t r = 0; r < resamples_; ++r) resampled.push_back(of_groups.mean(drawn(count, r)));
  const auto of_drawn = [&](const std::vector<std::size_t>& numbers) { return of_groups.mean(numbers); };
  return bca_interval(estimate, std::move(resampled), leave_one_out_of(count, of_drawn), confidence_);
}

std::span<const std::uint32_t> MeanBootstrap::drawn(std::size_t count, std::int64_t resample) {
  const bool keeps = count <= most_kept / static_cast<std::size_t>(resamples_);
  if (count != count_) {
    count_ = count;
    kept_.assign(keeps ? count * static_cast<std::size_t>(resamples_) : count, 0);
    made_ = 0;
  }
  std::uint32_t* const place = kept_.data() + (keeps ? count * static_cast<std::size_t>(resample) : 0);
  if (!keeps || resample >= made_) {
    std::vector<std::size_t> numbers(count);
    draw(noise_, resample, numbers);
    std::ranges::transform(numbers, place, [](std::size_t number) { return static_cast<std::uint32_t>(number); });
    made_ = resample + 1;
  }
  return {place, count};
}

BootstrapInterval bootstrap_mean(const std::vector<double>& values, const Groups& groups, const Noise& noise,
                                 std::int64_t resamples, double confidence) {
  return MeanBootstrap(noise, resamples, confidence).interval(values, groups);
}

}  // namespace dpsbench
