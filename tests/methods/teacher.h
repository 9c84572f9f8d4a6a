#pragma once
#include <algorithm>
#include <vector>

#include "core/observer.h"

namespace dpsbench {

/// Compares each state of a run of batch size 1 with the reference implementation's, then puts that in its place: every
/// step is judged from the reference's own start. On an untrained network this is needed: at high noise the clamp
/// leaves a handful of pixels to guide by, and a rounding error grows tenfold from one step to the next.
class Teacher final : public Observer {
 public:
  /// states: [steps, C, H, W].
  explicit Teacher(Tensor states) : states_(std::move(states)) {}

  void on_step(const StepRecord& record) override {
    const Tensor wanted = states_[record.done - 1].to(record.state.options()).unsqueeze(0);
    deviations_.push_back(((record.state - wanted).abs().max() / wanted.abs().max()).item<double>());
    record.state.copy_(wanted);
  }

  /// Largest deviation of steps first, first + 1, ..., each over the largest number of the reference's state.
  [[nodiscard]] double largest_from(std::size_t first) const {
    return *std::max_element(deviations_.begin() + static_cast<std::ptrdiff_t>(first), deviations_.end());
  }

 private:
  Tensor states_;
  std::vector<double> deviations_;
};

}  // namespace dpsbench
