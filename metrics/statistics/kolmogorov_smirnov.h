#pragma once
#include <cstdint>

#include "core/tensor.h"

namespace dpsbench {

/// A test of whether numbers follow a given law.
struct GoodnessOfFit {
  double statistic = 0;    ///< D, the greatest distance of the empirical and the law's distribution function
  double p_value = 1;      ///< of a distance this great or greater
  std::int64_t count = 0;  ///< numbers
};

/// The Kolmogorov-Smirnov test of independent draws against any continuous law: `probabilities` are the law's
/// distribution function at each of them, uniform on [0, 1] if the law is theirs. Throws Error for none and for numbers
/// outside [0, 1].
GoodnessOfFit kolmogorov_smirnov(const Tensor& probabilities);

/// The test that all elements of `values` are independent draws from N(0, deviation^2), a deviation
/// that was not estimated from them. Throws Error for no values, values that are not finite and unless deviation > 0.
GoodnessOfFit kolmogorov_smirnov_normal(const Tensor& values, double deviation);

/// P(D_n >= statistic) for n independent draws: Kolmogorov's limit at the corrected argument
/// z + 1 / (6 sqrt n) + (z - 1) / (4 n), z = D sqrt n (Vrbik 2018). Within 6e-4 of the exact value for n >= 20, 3e-5
/// for n >= 1000.
double kolmogorov_smirnov_p_value(double statistic, std::int64_t count);

}  // namespace dpsbench
