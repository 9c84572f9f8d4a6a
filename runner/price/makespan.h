#pragma once
#include <vector>

namespace dpsbench {

/// When the last rank finishes, in the measure of the costs.
struct Makespan {
  double dynamic = 0;      ///< units handed out while they are done, largest expected cost first, as run does
  double fixed_split = 0;  ///< unit u goes to rank u mod ranks, fixed beforehand
  double ideal = 0;        ///< the work divided by the speed of all ranks, but no shorter than the largest unit
};

/// Plays through a sweep. `expected[u]` decides the order, `actual[u]` is what unit u costs on a rank of slowness 1;
/// `slowness[r]`: how many times as long rank r takes. Largest first is Graham's rule of 1969: at most 4/3 of the best
/// possible order on equal ranks.
Makespan simulate_makespan(const std::vector<double>& expected, const std::vector<double>& actual,
                           const std::vector<double>& slowness);

/// On equal ranks, costs being as expected.
Makespan simulate_makespan(const std::vector<double>& costs, int ranks);

/// `ranks` ranks of which a share, evenly spread, takes `factor` times as long: share 0.1 makes every tenth one slow.
std::vector<double> slowness_of(int ranks, double share, double factor);

}  // namespace dpsbench
