#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace dpsbench {

/// Which values belong together, as crops of one photograph do: a label a value. Empty: every value stands alone.
using Groups = std::vector<std::string>;

/// The arithmetic mean; NaN of nothing.
double mean_of(const std::vector<double>& values);

/// The number of each value's group, from 0 in the order of the labels; for empty `groups` every value its own. Throws
/// Error unless there is a label a value.
std::vector<std::size_t> group_numbers(const Groups& groups, std::size_t values);

/// A mean with what is known about it.
struct MeanInterval {
  double mean = 0;          ///< NaN for n = 0
  double deviation = 0;     ///< sample standard deviation, divisor n - 1; NaN for n < 2
  double half_width = 0;    ///< of the confidence interval mean +- half_width; NaN for one group: it shows no spread
  std::int64_t count = 0;   ///< n
  std::int64_t groups = 0;  ///< G, independent groups of values; n where every value stands alone
};

/// Mean, standard deviation and Student-t confidence interval t_{n-1} s / sqrt(n) of independent values.
/// Not finite values make the result so. Throws Error unless 0 < confidence < 1.
MeanInterval mean_interval(const std::vector<double>& values, double confidence = 0.95);

/// The same where only groups of values are independent: the mean of all values with its cluster-robust standard error
/// (Liang and Zeger 1986; r_g = sum over group g of value - mean), sqrt(G / (G - 1) sum_g r_g^2) / n, times t_{G-1}.
/// The interval above for groups of one value each. Throws Error also unless `groups` is empty or has a label a value.
MeanInterval mean_interval(const std::vector<double>& values, const Groups& groups, double confidence = 0.95);

}  // namespace dpsbench
