#include "runner/ranks/watchdog.h"

#include <fmt/format.h>
#include <pthread.h>

#include <algorithm>

#include "core/error.h"
#include "runner/ranks/exit_code.h"
#include "runner/ranks/progress.h"

namespace dpsbench {
namespace {

constexpr StillTime::Seconds longest_pause_of_watchdog{5};
/// A thread that hangs in the kernel may be woken now and then to look again; whoever works uses more of its time.
constexpr double least_share_of_work = 1e-6;

double seconds_used(clockid_t clock) {
  timespec time{};
  clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

}  // namespace

Watchdog::Watchdog(Communicator& communicator, double limit)
    : communicator_(communicator), limit_(limit), pause_(std::min(limit_ / 4, longest_pause_of_watchdog)) {
  if (limit > 0) thread_ = std::thread([this] { watch(); });
}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    over_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::begin(std::string what) {
  const std::lock_guard lock(mutex_);
  steps_.emplace(Watched{std::move(what), std::nullopt, 0, StillTime(pause_)});
}

void Watchdog::step() {
  const std::lock_guard lock(mutex_);
  if (steps_) steps_->still.restart();
}

void Watchdog::end() {
  const std::lock_guard lock(mutex_);
  steps_.reset();
}

Watchdog::Errand::Errand(Watchdog& watchdog, std::string what) : watchdog_(watchdog) {
  clockid_t clock = CLOCK_THREAD_CPUTIME_ID;
  if (pthread_getcpuclockid(pthread_self(), &clock) != 0) throw Error("this thread's processor time cannot be told");
  const std::lock_guard lock(watchdog.mutex_);
  watchdog.errands_.push_front({std::move(what), clock, seconds_used(clock), StillTime(watchdog.pause_)});
  place_ = watchdog.errands_.begin();
}

Watchdog::Errand::~Errand() {
  const std::lock_guard lock(watchdog_.mutex_);
  watchdog_.errands_.erase(place_);
}

void Watchdog::look_after(Watched& watched) {
  if (watched.thread)
    if (const double used = seconds_used(*watched.thread); used - watched.used > limit_.count() * least_share_of_work) {
      watched.used = used;
      watched.still.restart();
    }
  if (watched.still.turn() < limit_) return;
  const char* happened = watched.thread ? "nothing has moved for" : "no step has ended for";
  abort_job(communicator_,
            fmt::format("{}: {} {} (--step-timeout): the {} hangs; run again to resume", watched.what, happened,
                        duration_text(limit_.count()), watched.thread ? "file system" : "device or the file system"),
            exit_code::internal_error);
}

void Watchdog::watch() {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, pause_, [this] { return over_; })) {
    if (steps_) look_after(*steps_);
    for (Watched& each : errands_) look_after(each);
  }
}

}  // namespace dpsbench
