#pragma once
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "runner/ranks/communicator.h"

namespace dpsbench {

/// Ends the whole job, with a message that names the rank, when a process of it stands still (stopped by a signal or a
/// debugger, its node frozen): MPI notices processes that die, not those that do not go on. The ranks stand in a ring;
/// each gives signs of life to the next and listens to the one before. A rank whose own thread was late starts its
/// clock anew, so that a job that was suspended and resumed as a whole goes on.
class Heartbeat {
 public:
  /// `limit`: seconds without a sign of life after which a rank is taken for lost; it is named at most a quarter of
  /// that later. 0: nobody watches. Collective, as is the end: it waits until the rank before has said farewell.
  Heartbeat(Communicator& communicator, double limit);
  ~Heartbeat();
  Heartbeat(const Heartbeat&) = delete;
  Heartbeat& operator=(const Heartbeat&) = delete;

 private:
  using Clock = std::chrono::steady_clock;
  void beat();
  /// Takes what the rank before sent. Returns whether it said farewell.
  bool listen();
  void check_that_it_lives();

  Communicator& communicator_;
  std::chrono::duration<double> limit_;
  std::vector<std::string> hosts_;
  Clock::time_point heard_;      ///< when the rank before last gave a sign
  Clock::time_point last_turn_;  ///< of this rank's own thread
  bool over_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace dpsbench
