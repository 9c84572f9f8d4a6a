#pragma once
#include <cstdint>
#include <vector>

namespace dpsbench {

/// The arithmetic mean; NaN of nothing.
double mean_of(const std::vector<double>& values);

/// A mean with what is known about it.
struct MeanInterval {
  double mean = 0;         ///< NaN for n = 0
  double deviation = 0;    ///< sample standard deviation, divisor n - 1; NaN for n < 2
  double half_width = 0;   ///< of the confidence interval mean +- half_width; NaN for n < 2: one value shows no spread
  std::int64_t count = 0;  ///< n
};

/// Mean, standard deviation and Student-t confidence interval t_{n-1} s / sqrt(n) of independent values.
/// Not finite values make the result so. Throws Error unless 0 < confidence < 1.
MeanInterval mean_interval(const std::vector<double>& values, double confidence = 0.95);

}  // namespace dpsbench
