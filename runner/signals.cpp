#include "runner/signals.h"

#include <unistd.h>

#include <atomic>
#include <csignal>

#include "runner/exit_code.h"

namespace dpsbench {
namespace {

std::atomic<bool> stop{false};
static_assert(std::atomic<bool>::is_always_lock_free, "a signal handler may not take locks");

void on_signal(int) {
  if (stop.exchange(true)) _exit(exit_code::stopped_early);
}

}  // namespace

void catch_stop_signals() {
  struct sigaction action = {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  for (const int signal : {SIGTERM, SIGINT, SIGUSR2}) sigaction(signal, &action, nullptr);
}

bool stop_requested() { return stop.load(std::memory_order_relaxed); }

void request_stop() { stop.store(true); }

}  // namespace dpsbench
