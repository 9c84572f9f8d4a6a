#pragma once
#include "core/prior.h"
#include "priors/frozen_unet.h"

namespace dpsbench {

/// A diffusion network as a prior: an ADM U-Net with frozen weights that predicts the noise and, with learn_sigma, the
/// fraction v of its learned-range variance (Nichol & Dhariwal 2021, Eq. 15).
class UNetPrior final : public Prior {
 public:
  /// Takes the weights (as load_unet_parameters gives them) to `options`' device and number type. Throws UserError when
  /// the network's options do not fit together.
  UNetPrior(const UNetOptions& network, const UNetParameters& parameters, const TensorOptions& options);

  /// The pull-back refers to this prior, which must outlive it.
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override;
  [[nodiscard]] ImageShape shape() const override { return network_options_.shape(); }
  /// Of the linear schedule that the networks are trained on.
  [[nodiscard]] double smallest_sigma() const override;
  [[nodiscard]] bool clips_denoised() const override { return true; }
  [[nodiscard]] TensorOptions options() const override { return options_; }

 private:
  UNetOptions network_options_;
  TensorOptions options_;
  FrozenUNet network_;
};

}  // namespace dpsbench
