#pragma once
#include <vector>

#include "metrics/statistics/interval.h"

namespace dpsbench {

/// Two methods compared on the same images.
struct PairedComparison {
  MeanInterval difference;  ///< of first - second, image by image
  double t = 0;             ///< mean over its standard error; NaN for fewer than two groups
  double p_value = 1;       ///< two-sided, of no difference in mean; 1 where nothing can be told
};

/// The paired t-test, of groups where images belong together (mean_interval). first, second: one value an image, the
/// same images in the same order. Differences that are all 0 have p = 1; all equal and not 0, p = 0. Throws Error for
/// different lengths and for values that are not finite.
PairedComparison paired_comparison(const std::vector<double>& first, const std::vector<double>& second,
                                   const Groups& groups = {}, double confidence = 0.95);

/// Holm's (1979) step-down adjustment: the p values of a family of tests, in their order, such that rejecting those
/// <= alpha keeps the chance of any false rejection <= alpha. Throws Error unless all are in [0, 1].
std::vector<double> holm_adjusted(const std::vector<double>& p_values);

}  // namespace dpsbench
