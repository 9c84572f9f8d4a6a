#include "metrics/statistics/interval.h"

#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <limits>

#include "core/error.h"

namespace dpsbench {

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

MeanInterval mean_interval(const std::vector<double>& values, double confidence) {
  if (!(confidence > 0 && confidence < 1))
    throw Error(fmt::format("a confidence level lies between 0 and 1; {} does not", confidence));
  constexpr double undefined = std::numeric_limits<double>::quiet_NaN();
  const auto count = static_cast<std::int64_t>(values.size());
  if (count == 0) return {undefined, undefined, undefined, 0};

  const auto n = static_cast<double>(count);
  const double mean = mean_of(values);
  if (count == 1) return {mean, undefined, undefined, 1};

  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  const double deviation = std::sqrt(squares / (n - 1));
  const double t = boost::math::quantile(boost::math::students_t(n - 1), (1 + confidence) / 2);
  return {mean, deviation, t * deviation / std::sqrt(n), count};
}

}  // namespace dpsbench
