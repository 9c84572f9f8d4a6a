#include "core/observer.h"

#include <algorithm>

#include "core/error.h"

namespace dpsbench {
namespace {

/// What was kept along the steps, on the CPU: [B, steps, ...]; undefined if nothing was.
Tensor stacked(const std::vector<Tensor>& steps) { return steps.empty() ? Tensor() : at::stack(steps, 1).to(at::kCPU); }

}  // namespace

// What is kept stays on its device until it is asked for: a copy to the CPU would wait for the step.
void TrajectoryRecorder::on_step(const StepRecord& record) {
  if (record.step_size.defined()) step_sizes_.push_back(record.step_size.to(at::kDouble));
  if (record.prior_share.defined()) prior_shares_.push_back(record.prior_share.to(at::kDouble));
  if (images_ == 0 || frames_ == 0) return;
  // frame k is kept when the count of due frames grows: the last one falls on the last step
  const std::int64_t due_now = record.done * frames_ / record.total;
  const std::int64_t due_before = (record.done - 1) * frames_ / record.total;
  if (due_now == due_before) return;
  const std::int64_t images = std::min(images_, record.x0_hat.size(0));
  kept_.push_back(record.x0_hat.slice(0, 0, images).clone());
}

Tensor TrajectoryRecorder::trajectory() const { return stacked(kept_); }

Tensor TrajectoryRecorder::step_sizes() const { return stacked(step_sizes_); }

Tensor TrajectoryRecorder::prior_shares() const { return stacked(prior_shares_); }

void FiniteCheck::on_step(const StepRecord& record) {
  if (record.done % interval_ != 0 && record.done != record.total) return;
  const Tensor finite = record.state.isfinite().flatten(1).all(1).to(at::kCPU);
  steps_ = record.total;
  first_bad_step_.resize(static_cast<std::size_t>(finite.size(0)), 0);
  for (std::int64_t i = 0; i < finite.size(0); ++i)
    if (std::int64_t& step = first_bad_step_.at(i); step == 0 && !finite[i].item<bool>()) step = record.done;
  if (std::ranges::find(first_bad_step_, 0) == first_bad_step_.end()) throw NumericError("{}", *trouble(0));
}

std::optional<std::string> FiniteCheck::trouble(std::int64_t i) const {
  const auto image = static_cast<std::size_t>(i);
  if (image >= first_bad_step_.size() || first_bad_step_[image] == 0) return std::nullopt;
  return fmt::format("the sampler left the finite numbers at step {} of {}", first_bad_step_[image], steps_);
}

}  // namespace dpsbench
