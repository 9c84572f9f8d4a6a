#pragma once
#include <cstddef>
#include <functional>
#include <limits>
#include <optional>
#include <vector>

#include "runner/ranks/communicator.h"
#include "runner/ranks/expected_costs.h"

namespace dpsbench {

/// What became of a unit.
struct Outcome {
  std::size_t failures = 0;  ///< images of it that could not be done
  bool interrupted = false;  ///< by a stop request: the unit is left to do
};

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
  std::size_t ended = 0;     ///< units, with or without failures
  std::size_t failures = 0;  ///< of images
  bool interrupted = false;  ///< by a stop request: units are left to do
  bool gave_up = false;      ///< after too many failures: units are left to do
};

/// Does unit u; `next` is the unit that this rank will most likely be handed then, if any is left.
using Work = std::function<Outcome(std::size_t unit, std::optional<std::size_t> next)>;

/// The units in the order they are handed out: largest cost first, equal costs in order of the plan.
std::vector<std::size_t> largest_first(const std::vector<double>& costs);

/// Does every unit once, on whichever rank is free: always the one with the largest expected cost of those left, the
/// first in the plan's order among equals (runner/ranks/work_queue.h). How long units took corrects the costs expected
/// of the others. Rank 0 hands out from a small thread and works too. Collective in that all ranks call it, but no rank
/// waits for another until its work is over. A stop request (signals.h) on any rank ends the run after the units under
/// way, as do more than `max_failures` failures. An exception that leaves `work` ends the whole job with a message
/// naming the rank.
DispatchResult dispatch(Communicator& communicator, const ExpectedCosts& costs, const Work& work,
                        DispatchListener& listener, std::size_t max_failures = std::numeric_limits<std::size_t>::max());

}  // namespace dpsbench
