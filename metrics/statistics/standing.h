#pragma once
#include <vector>

#include "metrics/statistics/interval.h"

namespace dpsbench {

/// Where a method stands in a column of a table.
enum class Standing {
  best,    ///< the best mean
  tied,    ///< not distinguishable from the best
  behind,  ///< distinguishable from the best
};

/// The verdicts of multiple comparisons with the best (against_best): behind where p <= alpha. The first of equal means
/// is the best. losses: [method][image], smaller is better (loss() of the registry), the same images in the same order.
/// With fewer than six images (groups) nothing is distinguishable at 0.05.
/// Throws Error for no methods, different lengths and values that are not finite.
std::vector<Standing> standings(const std::vector<std::vector<double>>& losses, const Groups& groups = {},
                                double alpha = 0.05);

}  // namespace dpsbench
