#include "python/binding/problem_view.h"

#include "core/ancestral.h"
#include "core/error.h"
#include "python/binding/differentiable_prior.h"

namespace dpsbench {
namespace {

Tensor detached(const Tensor& tensor) { return tensor.defined() ? tensor.detach() : tensor; }

}  // namespace

ProblemView::ProblemView(std::shared_ptr<Batch> batch, std::shared_ptr<NoiseView> noise)
    : batch_(std::move(batch)), noise_(std::move(noise)), schedule_(batch_->problem().schedule) {}

ProblemView ProblemView::respaced(std::int64_t steps) const {
  ProblemView view = *this;
  view.schedule_ = problem().schedule.respaced(steps);
  return view;
}

NoiseLevel ProblemView::level(const LevelOrIndex& at) const {
  if (const auto* level = std::get_if<NoiseLevel>(&at)) return *level;
  const std::int64_t i = std::get<std::int64_t>(at);
  if (i < 0 || i >= schedule_.steps())
    throw UserError("step {} is not of the schedule; allowed: 0 to {}", i, schedule_.steps() - 1);
  return schedule_.level(i);
}

Denoised ProblemView::evaluate(const Tensor& x_t, const LevelOrIndex& at, std::optional<bool> clip) const {
  const DifferentiablePrior prior(batch_);
  return denoise(prior, x_t, level(at), clip.value_or(prior.clips_denoised()), Gradient::none);
}

Tensor ProblemView::ancestral_step(std::int64_t i, const Tensor& x_t, const Tensor& x0,
                                   const Tensor& variance_fraction) const {
  static_cast<void>(level(i));
  return dpsbench::ancestral_step(schedule_, i, x0, x_t, variance_fraction, problem().noise);
}

Tensor ProblemView::ddim_step(std::int64_t i, const Tensor& x_t, const Tensor& x0, double eta) const {
  static_cast<void>(level(i));
  return dpsbench::ddim_step(schedule_, i, x0, x_t, eta, problem().noise);
}

void ProblemView::observe(std::int64_t i, const Tensor& x, const Tensor& x0, const Tensor& step_size,
                          const Tensor& prior_share) const {
  static_cast<void>(level(i));
  progress(schedule_.steps() - i, schedule_.steps(), x, x0, step_size, prior_share);
}

void ProblemView::progress(std::int64_t done, std::int64_t total, const Tensor& x, const Tensor& x0,
                           const Tensor& step_size, const Tensor& prior_share) const {
  if (done < 1 || done > total) throw UserError("step {} of {} cannot be: steps count from 1", done, total);
  batch_->show({done, total, detached(x), detached(x0), detached(step_size), detached(prior_share)});
}

}  // namespace dpsbench
