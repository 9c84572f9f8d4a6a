#include "metrics/statistics/interval.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>
#include <map>

#include "core/error.h"

namespace dpsbench {

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

std::vector<std::size_t> group_numbers(const Groups& groups, std::size_t values) {
  std::vector<std::size_t> numbers(values);
  if (groups.empty()) {
    for (std::size_t i = 0; i < values; ++i) numbers[i] = i;
    return numbers;
  }
  if (groups.size() != values)
    throw Error(fmt::format("{} values have the labels of {} groups: one a value is needed", values, groups.size()));
  std::map<std::string, std::size_t> number_of;
  for (const std::string& group : groups) number_of[group] = 0;
  std::size_t next = 0;
  for (auto& [group, number] : number_of) number = next++;
  for (std::size_t i = 0; i < values; ++i) numbers[i] = number_of.at(groups[i]);
  return numbers;
}

MeanInterval mean_interval(const std::vector<double>& values, double confidence) {
  return mean_interval(values, {}, confidence);
}

MeanInterval mean_interval(const std::vector<double>& values, const Groups& groups, double confidence) {
  if (!(confidence > 0 && confidence < 1))
    throw Error(fmt::format("a confidence level lies between 0 and 1; {} does not", confidence));
  constexpr double no_number = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::size_t> group_of = group_numbers(groups, values.size());
  const auto count = static_cast<std::int64_t>(values.size());
  if (count == 0) return {no_number, no_number, no_number, 0, 0};

  const auto n = static_cast<double>(count);
  const double mean = mean_of(values);
  double squares = 0;
  std::map<std::size_t, double> residuals;  // of each group
  for (std::size_t i = 0; i < values.size(); ++i) {
    squares += (values[i] - mean) * (values[i] - mean);
    residuals[group_of[i]] += values[i] - mean;
  }
  const double deviation = count > 1 ? std::sqrt(squares / (n - 1)) : no_number;
  const auto independent = static_cast<std::int64_t>(residuals.size());
  if (independent == 1) return {mean, deviation, no_number, count, independent};

  double group_squares = 0;
  for (const auto& [group, residual] : residuals) group_squares += residual * residual;
  const auto g = static_cast<double>(independent);
  const double error = std::sqrt(g / (g - 1) * group_squares) / n;
  const double t = boost::math::quantile(boost::math::students_t(g - 1), (1 + confidence) / 2);
  return {mean, deviation, t * error, count, independent};
}

}  // namespace dpsbench
