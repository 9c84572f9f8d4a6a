#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "runner/ranks/communicator.h"

namespace dpsbench {

/// Ends the whole job, with a message that names rank and unit, when a unit makes no step for too long: a device that
/// hangs, a file system that does not answer. A job that hangs costs more than one that is run again.
class Watchdog {
 public:
  /// `limit` in seconds; 0: does not watch.
  Watchdog(Communicator& communicator, double limit);
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  /// Work begins that must make steps from now on; `what` is for the message.
  void begin(std::string what);
  /// It made a step.
  void step();
  /// It is over.
  void end();

 private:
  using Clock = std::chrono::steady_clock;
  void watch();

  Communicator& communicator_;
  std::chrono::duration<double> limit_;
  std::string what_;  ///< empty: nothing is watched
  Clock::time_point last_step_;
  bool over_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace dpsbench
