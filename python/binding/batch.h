#pragma once
#include <exception>
#include <memory>

#include "core/method.h"

namespace dpsbench {

/// A batch that a Python sampler works at. What Python holds of it (problem, operator, noise) ends with the call.
class Batch {
 public:
  Batch(const Problem& problem, Observer& observer) : problem_(&problem), observer_(&observer) {}

  /// Throws UserError when the batch is over: a sampler may not keep its problem.
  [[nodiscard]] const Problem& problem() const;

  /// Shows a step to the observer. If it throws, keeps what it threw for `rethrow` and says so to Python (stopped.h).
  void show(const StepRecord& record);

  /// Throws what the observer threw, if anything.
  void rethrow() const {
    if (stopped_) std::rethrow_exception(stopped_);
  }

  /// What was shown last; no steps: nothing was.
  [[nodiscard]] const StepRecord& last() const { return last_; }

  /// From here on there is nothing to ask.
  void end() { problem_ = nullptr; }

 private:
  const Problem* problem_;
  Observer* observer_;
  StepRecord last_ = {};
  std::exception_ptr stopped_ = {};
};

}  // namespace dpsbench
