#include "runner/ranks/watchdog.h"

#include <fmt/format.h>

#include <algorithm>

#include "runner/ranks/exit_code.h"
#include "runner/ranks/progress.h"

namespace dpsbench {
namespace {

constexpr std::chrono::duration<double> longest_pause{5};

}  // namespace

Watchdog::Watchdog(Communicator& communicator, double limit) : communicator_(communicator), limit_(limit) {
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
  what_ = std::move(what);
  last_step_ = Clock::now();
}

void Watchdog::step() {
  const std::lock_guard lock(mutex_);
  last_step_ = Clock::now();
}

void Watchdog::end() {
  const std::lock_guard lock(mutex_);
  what_.clear();
}

void Watchdog::watch() {
  const auto pause = std::min(limit_ / 4, longest_pause);
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, pause, [this] { return over_; })) {
    if (what_.empty() || Clock::now() - last_step_ < limit_) continue;
    abort_job(
        communicator_,
        fmt::format("{}: no step has ended for {} (--step-timeout): the device or the file system hangs; run again "
                    "to resume",
                    what_, duration_text(limit_.count())),
        exit_code::internal_error);
  }
}

}  // namespace dpsbench
