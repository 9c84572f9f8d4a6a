#pragma once
#include <condition_variable>
#include <ctime>
#include <list>
#include <mutex>
#include <optional>
#include <string>
#include <thread>

#include "runner/ranks/communicator.h"
#include "runner/ranks/still_time.h"

namespace dpsbench {

/// Ends the whole job, with a message that names rank and work, when work stands still for too long: a device that
/// hangs, a file system that does not answer. A job that hangs costs more than one that is run again. Time in which the
/// process itself was suspended does not count.
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
  /// What must not stand still.
  struct Watched {
    std::string what;
    std::optional<clockid_t> thread;  ///< of an errand: the processor time of the thread that does it
    double used = 0;                  ///< of that, in seconds, at the last sign of life
    StillTime still;
  };

 public:
  /// Work without steps (reading, writing, putting together) on the thread that makes this object, to the object's end.
  /// It must use processor time, be it ever so little: a call to the system that never returns uses none.
  class Errand {
   public:
    /// `what` is for the message.
    Errand(Watchdog& watchdog, std::string what);
    ~Errand();
    Errand(const Errand&) = delete;
    Errand& operator=(const Errand&) = delete;

   private:
    Watchdog& watchdog_;
    std::list<Watched>::iterator place_;
  };

 private:
  void watch();
  void look_after(Watched& watched);

  Communicator& communicator_;
  StillTime::Seconds limit_;
  StillTime::Seconds pause_;
  std::optional<Watched> steps_;
  std::list<Watched> errands_;
  bool over_ = false;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::thread thread_;
};

}  // namespace dpsbench
