#pragma once
#include <memory>

#include "priors/unet/preconditioning.h"
#include "priors/unet/prior.h"

namespace dpsbench {

/// A network F whose input, answer and time are scaled by the noise level: eps = skip x_t + output F(input x_t; told),
/// and J^T c = skip c + input J_F^T (output c).
class PreconditionedPrior final : public Prior {
 public:
  PreconditionedPrior(std::unique_ptr<const UNetPrior> network, Preconditioning preconditioning)
      : network_(std::move(network)), preconditioning_(std::move(preconditioning)) {}

  /// The pull-back refers to this prior, which must outlive it.
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override;
  [[nodiscard]] ImageShape shape() const override { return network_->shape(); }
  [[nodiscard]] NoiseSchedule schedule() const override { return network_->schedule(); }
  [[nodiscard]] double smallest_sigma() const override { return network_->smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return network_->clips_denoised(); }
  [[nodiscard]] TensorOptions options() const override { return network_->options(); }
  [[nodiscard]] std::unique_ptr<Prior> of_class(std::int64_t label) const override {
    return std::make_unique<PreconditionedPrior>(network_->told(label), preconditioning_);
  }

 private:
  std::unique_ptr<const UNetPrior> network_;
  Preconditioning preconditioning_;
};

}  // namespace dpsbench
