#pragma once
#include "core/observer.h"

namespace dpsbench {

/// Keeps what a sampler shows of every step.
class StepKeeper final : public Observer {
 public:
  void on_step(const StepRecord& record) override { steps.push_back(record); }
  std::vector<StepRecord> steps;
};

}  // namespace dpsbench
