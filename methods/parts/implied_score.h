#pragma once
#include "core/method_entry.h"

namespace dpsbench {

/// The score that a method follows, read from its own reverse step: the method is started at x_t with a schedule that
/// ends there, and stopped after one step. Averaged over all noise of the step (antithetic pairs of it), the step is
/// that of a DDIM sampler whose estimate x0' belongs to some score; for a step that adds a gradient to an unguided one
/// this is the prior's score plus that gradient over its gain. So every method is judged by what it does, not by what
/// it says.
class ImpliedScore {
 public:
  /// A method with follows_score. Throws UserError for another.
  ImpliedScore(const MethodEntry& entry, const OptionValues& options);

  /// How many steps its schedule has.
  [[nodiscard]] std::int64_t steps() const { return steps_; }

  /// The score [B, C, H, W] at x_t, noised to step i of problem.schedule.respaced(steps()). Its own random numbers come
  /// from problem.noise.
  [[nodiscard]] Tensor at(const Problem& problem, std::int64_t i, const Tensor& x_t) const;

 private:
  const MethodEntry& entry_;
  std::map<std::string, OptionValue> options_;
  std::int64_t steps_;
  double eta_;
};

}  // namespace dpsbench
