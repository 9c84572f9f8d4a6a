#include "runner/ranks/signals.h"

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <csignal>
#include <ctime>

#include "runner/ranks/exit_code.h"

namespace dpsbench {
namespace {

std::atomic<bool> stop{false};
std::atomic<std::int64_t> stop_time{0};  ///< seconds of the monotonic clock
static_assert(std::atomic<bool>::is_always_lock_free && std::atomic<std::int64_t>::is_always_lock_free,
              "a signal handler may not take locks");
double grace_seconds = 0;
std::optional<std::chrono::system_clock::time_point> end_of_job;
constexpr double seconds_for_keeping = 15;

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

/// Seconds in which work may still end after a stop was asked for.
double seconds_left() {
  const double of_grace = grace_seconds - static_cast<double>(monotonic_seconds() - stop_time.load());
  if (!end_of_job) return of_grace;
  const std::chrono::duration<double> of_job = *end_of_job - std::chrono::system_clock::now();
  return std::min(of_grace, of_job.count() - seconds_for_keeping);
}

}  // namespace

void catch_stop_signals(double grace, const std::optional<std::chrono::system_clock::time_point>& job_end) {
  grace_seconds = grace;
  end_of_job = job_end;
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR2}) sigaction(signal, &action, nullptr);
}

bool stop_requested() { return stop.load(std::memory_order_relaxed); }

void request_stop() { ask_to_stop(); }

bool time_is_up() { return stop_requested() && seconds_left() <= 0; }

void StopCheck::on_step(const StepRecord& record) {
  if (!stop_requested()) return;
  const double fraction = (chain_ + static_cast<double>(record.done) / static_cast<double>(record.total)) / chains_;
  const double elapsed = std::chrono::duration<double>(Clock::now() - started_).count();
  if (elapsed * (1 - fraction) / fraction > seconds_left()) throw Interrupted();
}

}  // namespace dpsbench
