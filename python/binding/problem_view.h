#pragma once
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "core/denoised.h"
#include "python/binding/batch.h"
#include "python/binding/noise_view.h"
#include "python/binding/operator_view.h"

namespace dpsbench {

/// A noise level, or the index of one in the problem's schedule.
using LevelOrIndex = std::variant<std::int64_t, NoiseLevel>;

/// An inverse problem as a Python sampler sees it: everything that autograd can follow is differentiable.
class ProblemView {
 public:
  ProblemView(std::shared_ptr<Batch> batch, std::shared_ptr<NoiseView> noise);

  /// The same with that many steps, spread over the training schedule.
  [[nodiscard]] ProblemView respaced(std::int64_t steps) const;

  /// The noise prediction and what follows of it, with one evaluation of the prior. Gradients flow back from eps and x0
  /// to x_t through the network once; variance_fraction has none. `clip`: whether x0 is clamped to [-1, 1]; none: as
  /// the prior does. Throws UserError for an x_t that is not of the prior's shape, number type and device.
  [[nodiscard]] Denoised evaluate(const Tensor& x_t, const LevelOrIndex& at, std::optional<bool> clip) const;

  /// DDPM's and DDIM's step from i to i - 1 (core/ancestral.h).
  [[nodiscard]] Tensor ancestral_step(std::int64_t i, const Tensor& x_t, const Tensor& x0,
                                      const Tensor& variance_fraction) const;
  [[nodiscard]] Tensor ddim_step(std::int64_t i, const Tensor& x_t, const Tensor& x0, double eta) const;

  /// Shows step i of the schedule, counted down, to whoever watches: progress, films, the check for finite numbers.
  void observe(std::int64_t i, const Tensor& x, const Tensor& x0, const Tensor& step_size,
               const Tensor& prior_share) const;
  /// The same of a sampler that counts its steps up from 1 to total.
  void progress(std::int64_t done, std::int64_t total, const Tensor& x, const Tensor& x0, const Tensor& step_size,
                const Tensor& prior_share) const;

  [[nodiscard]] const Problem& problem() const { return batch_->problem(); }
  [[nodiscard]] const NoiseSchedule& schedule() const { return schedule_; }
  [[nodiscard]] const std::shared_ptr<NoiseView>& noise() const { return noise_; }
  [[nodiscard]] OperatorView op() const { return OperatorView(batch_); }

 private:
  [[nodiscard]] NoiseLevel level(const LevelOrIndex& at) const;

  std::shared_ptr<Batch> batch_;
  std::shared_ptr<NoiseView> noise_;
  NoiseSchedule schedule_;
};

}  // namespace dpsbench
