#pragma once
#include <vector>

namespace dpsbench {

/// Where a method stands in a column of a table.
enum class Standing {
  best,    ///< the best mean
  tied,    ///< not distinguishable from the best
  behind,  ///< distinguishable from the best
};

/// Compares every method with the one of least mean loss by paired t-tests, Holm-adjusted; differences with p <= alpha
/// are distinguishable. The first of equal means is the best. losses: [method][image], smaller is better (loss() of the
/// registry), the same images in the same order. With one image nothing is distinguishable.
/// Throws Error for no methods, different lengths and values that are not finite.
std::vector<Standing> standings(const std::vector<std::vector<double>>& losses, double alpha = 0.05);

}  // namespace dpsbench
