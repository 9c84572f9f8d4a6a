#pragma once
#include "core/anisotropic.h"
#include "priors/unet/frozen_unet.h"
#include "priors/unet/noise_map.h"

namespace dpsbench {

/// A network that is told the noise level of each pixel (UNetOptions::noise_map) as a prior: of any map, as Proposition
/// 4.2 asks, and of one level for all pixels, as every other method does.
class PixelNoisePrior final : public Prior, public AnisotropicScore {
 public:
  /// Weights and options as UNetPrior takes them. Throws UserError when the network's options do not fit together,
  /// Error for a network without a noise map.
  PixelNoisePrior(const UNetOptions& network, const UNetParameters& parameters, const TensorOptions& options,
                  Torso torso);

  /// The map of one level. The pull-back refers to this prior, which must outlive it.
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override;

  /// x [B, C, H, W], variances [B or 1, 1, H, W] > 0.
  [[nodiscard]] AnisotropicEvaluation evaluate_anisotropic(const Tensor& x, const Tensor& variances) const override;
  [[nodiscard]] Tensor score_anisotropic(const Tensor& x, const Tensor& variances) const override {
    return evaluate_anisotropic(x, variances).score;
  }

  [[nodiscard]] ImageShape shape() const override { return network_options_.shape(); }
  [[nodiscard]] double smallest_sigma() const override { return least_map_sigma; }
  [[nodiscard]] bool clips_denoised() const override { return true; }
  [[nodiscard]] TensorOptions options() const override { return options_; }

 private:
  /// v and, below it, the logarithm of its variance if that is learned: [B, out_channels, H, W].
  [[nodiscard]] Tensor output(const Tensor& x, const PixelNoise& levels, Tape* tape) const;

  UNetOptions network_options_;
  TensorOptions options_;
  FrozenUNet network_;
};

}  // namespace dpsbench
