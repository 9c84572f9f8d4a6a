#pragma once
#include "core/prior.h"
#include "python/binding/batch.h"

namespace dpsbench {

/// A batch's prior whose eps autograd can follow back to x_t, by the prior's own pass back: what Tweedie's formula and
/// a person's code are then computed of.
class DifferentiablePrior final : public Prior {
 public:
  explicit DifferentiablePrior(std::shared_ptr<Batch> batch) : batch_(std::move(batch)) {}

  /// Throws UserError for an x_t that is not of the prior's shape, number type and device. No pull_back of its own.
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override;
  [[nodiscard]] ImageShape shape() const override { return prior().shape(); }
  [[nodiscard]] NoiseSchedule schedule() const override { return prior().schedule(); }
  [[nodiscard]] double smallest_sigma() const override { return prior().smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return prior().clips_denoised(); }
  [[nodiscard]] TensorOptions options() const override { return prior().options(); }

 private:
  [[nodiscard]] const Prior& prior() const { return batch_->problem().prior; }
  void check(const Tensor& x_t) const;
  std::shared_ptr<Batch> batch_;
};

}  // namespace dpsbench
