#pragma once
#include "core/error.h"
#include "core/observer.h"

namespace dpsbench {

/// A sampler was stopped by a signal: the unit is dropped, to be done by the next run.
class Interrupted final : public Error {
 public:
  Interrupted() : Error("stopped by a signal") {}
};

/// From now on SIGTERM, SIGINT and SIGUSR2 ask the program to stop at the next step of a sampler; a second one ends it
/// at once with exit code 75.
void catch_stop_signals();

/// Whether the program was asked to stop, by a signal or by request_stop().
bool stop_requested();
void request_stop();

/// Throws Interrupted at the first step after a stop was asked for.
class StopCheck final : public Observer {
 public:
  void on_step(const StepRecord&) override {
    if (stop_requested()) throw Interrupted();
  }
};

}  // namespace dpsbench
