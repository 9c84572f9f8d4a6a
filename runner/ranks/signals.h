#pragma once
#include <chrono>
#include <optional>

#include "core/error.h"
#include "core/observer.h"

namespace dpsbench {

/// A sampler was stopped by a signal: the unit is dropped, to be done by the next run.
class Interrupted final : public Error {
 public:
  Interrupted() : Error("stopped by a signal") {}
};

/// From now on SIGTERM, SIGINT and SIGUSR2 ask the program to stop: work under way may end within `grace` seconds, but
/// not in the last 15 seconds before `job_end`, which are for keeping it; no new work begins. A second signal ends the
/// program at once with exit code 75.
void catch_stop_signals(double grace = 0,
                        const std::optional<std::chrono::system_clock::time_point>& job_end = std::nullopt);

/// Whether the program was asked to stop, by a signal or by request_stop().
bool stop_requested();
void request_stop();

/// Whether a stop was asked for and the grace is over: what can be made again by the same command ends now.
bool time_is_up();

/// Throws Interrupted at the first step after a stop was asked for at which the work, going on at its pace, would not
/// end within the grace.
class StopCheck final : public Observer {
 public:
  using Clock = std::chrono::steady_clock;

  /// The work began at `started` and consists of `chains` samplers of equal cost; number `chain`, from 0, is watched.
  explicit StopCheck(Clock::time_point started = Clock::now(), std::int64_t chain = 0, std::int64_t chains = 1)
      : started_(started), chain_(static_cast<double>(chain)), chains_(static_cast<double>(chains)) {}
  void on_step(const StepRecord& record) override;

 private:
  Clock::time_point started_;
  double chain_;
  double chains_;
};

}  // namespace dpsbench
