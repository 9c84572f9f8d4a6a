#pragma once
#include <optional>
#include <vector>

#include "metrics/statistics/interval.h"

namespace dpsbench {

/// Several methods held against the best of them.
struct AgainstBest {
  std::size_t best = 0;          ///< the method of least mean loss
  std::vector<double> p_values;  ///< of each method: that it is as good as the best; 1 for the best itself
};

/// Multiple comparisons with the best. losses: [method][image], smaller is better, the same images in the same order.
/// Calling those with p <= alpha worse than the best is wrong of any method that is as good with a chance of alpha at
/// most, however many methods there are: the choice of the best from the same data is part of the test.
///
/// The statistic is the largest of t_k = (mean of the differences from the best) / (their standard error, of groups as
/// in mean_interval). Its law under equality: the signs of the groups' losses (each image's mean over the methods taken
/// off) are flipped, all methods of a group together, and the best is chosen anew; exact for differences that are
/// symmetric about 0. All 2^G flips for up to 13 groups, else `flips` drawn by counters and the observed one. The
/// method of the largest t leaves, and the others are tested again (Hansen, Lunde and Nason 2011, "The model confidence
/// set", with flips in place of their bootstrap); a p value is never less than those of the methods that left before.
///
/// With fewer than six groups no p is below 0.05: 2^-4. `best`: the method that the others are held against where it is
/// not to be the one of least mean. Throws Error for no methods, different lengths and values that are not finite.
AgainstBest against_best(const std::vector<std::vector<double>>& losses, const Groups& groups = {},
                         std::optional<std::size_t> best = {}, std::int64_t flips = 19999);

}  // namespace dpsbench
