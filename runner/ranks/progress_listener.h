#pragma once
#include <vector>

#include "runner/ranks/dispatcher.h"
#include "runner/ranks/progress.h"

namespace dpsbench {

/// Shows on rank 0 what becomes of the units of all ranks. `costs[u]`: of unit u, as the progress counts them.
class ProgressListener final : public DispatchListener {
 public:
  ProgressListener(Progress& progress, const std::vector<double>& costs) : progress_(progress), costs_(costs) {}
  void on_outcome(std::size_t unit, Outcome outcome) override {
    if (!outcome.interrupted) progress_.unit_ended(costs_[unit], outcome.failures);
  }
  void on_idle() override { progress_.tick(); }

 private:
  Progress& progress_;
  const std::vector<double>& costs_;
};

}  // namespace dpsbench
