#pragma once
#include <algorithm>
#include <chrono>

namespace dpsbench {

/// How long something has stood still while its watcher was awake. The watcher takes a turn every so often; the time
/// between two turns counts only up to twice that pause: more means that the watcher's own process stood still
/// (suspended, stopped by a debugger, a frozen node), which says nothing of what it watches.
class StillTime {
 public:
  using Clock = std::chrono::steady_clock;
  using Seconds = std::chrono::duration<double>;

  /// `pause`: between two turns. `now`: the time of the first.
  explicit StillTime(Seconds pause, Clock::time_point now = Clock::now()) : pause_(pause), turn_(now) {}

  /// A sign of life: counts from 0 again, from the last turn on.
  void restart() { still_ = Seconds(0); }

  /// The watcher's turn. Returns how long nothing has moved.
  Seconds turn(Clock::time_point now = Clock::now()) {
    still_ += std::min<Seconds>(now - turn_, 2 * pause_);
    turn_ = now;
    return still_;
  }

 private:
  Seconds pause_;
  Seconds still_{0};
  Clock::time_point turn_;
};

}  // namespace dpsbench
