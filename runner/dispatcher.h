#pragma once
#include <cstddef>
#include <functional>
#include <vector>

#include "runner/communicator.h"

namespace dpsbench {

/// What became of a unit.
enum class Outcome { done, failed, interrupted };

/// What rank 0 is told while units are handed out. Calls come from one thread at a time.
class DispatchListener {
 public:
  virtual ~DispatchListener() = default;
  virtual void on_outcome(std::size_t unit, Outcome outcome) = 0;
  /// Called every few milliseconds while other ranks work.
  virtual void on_idle() = 0;
};

/// How a run ended; complete on rank 0 only.
struct DispatchResult {
  std::size_t done = 0;
  std::size_t failed = 0;
  bool interrupted = false;
};

/// The units in the order they are handed out: largest cost first, equal costs in order of the plan.
std::vector<std::size_t> largest_first(const std::vector<double>& costs);

/// Does every unit once, on whichever rank is free: `costs[u]` is the expected cost of unit u, `work(u)` does it. Rank
/// 0 hands out from a small thread and works too. Collective in that all ranks call it, but no rank waits for another
/// until its work is over. A stop request (signals.h) on any rank ends the run after the steps under way. An exception
/// that leaves `work` ends the whole job with a message naming the rank.
DispatchResult dispatch(Communicator& communicator, const std::vector<double>& costs,
                        const std::function<Outcome(std::size_t)>& work, DispatchListener& listener);

/// When the last of `ranks` equal ranks finishes, in units of cost: by handing out largest first; by blocks of equal
/// count fixed beforehand; and at best (the work divided evenly, but no shorter than the largest unit).
struct Makespan {
  double dynamic = 0;
  double fixed_split = 0;
  double ideal = 0;
};
Makespan simulate_makespan(const std::vector<double>& costs, int ranks);

}  // namespace dpsbench
