#include "runner/signals.h"

#include <unistd.h>

#include <atomic>
#include <csignal>
#include <ctime>

#include "runner/exit_code.h"

namespace dpsbench {
namespace {

std::atomic<bool> stop{false};
std::atomic<std::int64_t> stop_time{0};  ///< seconds of the monotonic clock
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free,
              "a signal handler may not take locks");
double grace_seconds = 0;

std::int64_t monotonic_seconds() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

/// Returns whether a stop had been asked for before.
bool ask_to_stop() {
  std::int64_t unset = 0;
  stop_time.compare_exchange_strong(unset, monotonic_seconds());
  return stop.exchange(true);
}

void on_signal(int) {
  if (ask_to_stop()) _exit(exit_code::stopped_early);
}

}  // namespace

void catch_stop_signals(double grace) {
  grace_seconds = grace;
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR2}) sigaction(signal, &action, nullptr);
}

bool stop_requested() { return stop.load(std::memory_order_relaxed); }

void request_stop() { ask_to_stop(); }

void StopCheck::on_step(const StepRecord& record) {
  if (!stop_requested()) return;
  const double fraction = (chain_ + static_cast<double>(record.done) / static_cast<double>(record.total)) / chains_;
  const double elapsed = std::chrono::duration<double>(Clock::now() - started_).count();
  const double since_stop = static_cast<double>(monotonic_seconds() - stop_time.load());
  if (since_stop + elapsed * (1 - fraction) / fraction > grace_seconds) throw Interrupted();
}

}  // namespace dpsbench
