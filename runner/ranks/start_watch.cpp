#include "runner/ranks/start_watch.h"

#include <unistd.h>

#include "core/words/tell.h"
#include "runner/ranks/batch_job.h"
#include "runner/ranks/exit_code.h"
#include "runner/ranks/progress.h"

namespace dpsbench {

StartWatch::StartWatch(double limit) : limit_(limit) {
  if (limit > 0) thread_ = std::thread([this] { watch(); });
}

StartWatch::~StartWatch() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void StartWatch::watch() {
  const StillTime::Seconds pause = limit_ / 16;
  StillTime still(pause);
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, pause, [this] { return over_; })) {
    if (still.turn() < limit_) continue;
    tell(
        "dpsbench: process {} on {}: not all ranks have started within {} (--heartbeat): one is stopped or its node "
        "hangs; run again to resume\n",
        ::getpid(), host_name(), duration_text(limit_.count()));
    ::_exit(exit_code::internal_error);  // MPI may not be there to abort by; the launcher ends the others
  }
}

}  // namespace dpsbench
