#pragma once
#include <condition_variable>
#include <mutex>
#include <thread>

#include "runner/ranks/still_time.h"

namespace dpsbench {

/// Ends this process, and with it the launcher's whole job, when the ranks do not come together at the start: one was
/// stopped, or its node hangs, before it could join, so that no heartbeat watches it yet and MPI waits for ever. Begin
/// before MPI does; end when all ranks have been heard of.
class StartWatch {
 public:
  /// `limit` in seconds; 0: does not watch.
  explicit StartWatch(double limit);
  ~StartWatch();
  StartWatch(const StartWatch&) = delete;
  StartWatch& operator=(const StartWatch&) = delete;

 private:
  void watch();

  StillTime::Seconds limit_;
  bool over_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace dpsbench
