#pragma once
#include "core/prior.h"
#include "priors/unet/frozen_unet.h"

namespace dpsbench {

/// Weights of one's own on `options`' device, in its number type, each aligned as the device aligns memory. Copies even
/// what is there already: views of one buffer lie as the file lays them, and a device's library chooses its kernel, and
/// with it the last bits, by how weights are aligned.
UNetParameters copied(UNetParameters parameters, const TensorOptions& options, Torso torso);

/// The noise levels that a network is asked about, and whether estimates of x_0 are clamped to [-1, 1].
struct NetworkUse {
  NoiseSchedule schedule = NoiseSchedule::linear();
  bool clips = true;
};

/// A diffusion network as a prior: a U-Net with frozen weights that predicts the noise and, with learn_sigma, the
/// fraction v of its learned-range variance (Nichol & Dhariwal 2021, Eq. 15).
class UNetPrior final : public Prior {
 public:
  /// Takes the weights (as load_unet_parameters gives them) to `options`' device and number type, which is also that of
  /// what it is given and gives whatever its torso computes in. Throws UserError when the network's options do not fit
  /// together.
  UNetPrior(const UNetOptions& network, const UNetParameters& parameters, const TensorOptions& options,
            Torso torso = Torso::as_the_rest, NetworkUse use = {});

  /// The pull-back refers to this prior, which must outlive it.
  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override;
  [[nodiscard]] ImageShape shape() const override { return network_options_.shape(); }
  [[nodiscard]] NoiseSchedule schedule() const override { return use_.schedule; }
  [[nodiscard]] double smallest_sigma() const override { return use_.schedule.smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return use_.clips; }
  [[nodiscard]] TensorOptions options() const override { return options_; }
  [[nodiscard]] std::unique_ptr<Prior> of_class(std::int64_t label) const override { return told(label); }
  [[nodiscard]] std::unique_ptr<UNetPrior> told(std::int64_t label) const;
  /// What its layers made of the times it was asked about.
  void release_memory() const override { terms_.clear(); }

  /// For those who run the network in a way of their own: the network, a check of what it is to be given (throws
  /// Error), and what its output says of eps and variance.
  [[nodiscard]] const FrozenUNet& network() const { return *network_; }
  void check_images(const Tensor& x_t) const;
  [[nodiscard]] Evaluation read(const Tensor& output) const;

 private:
  [[nodiscard]] Tensor output(const Tensor& x_t, double time, Tape* tape) const;

  UNetOptions network_options_;
  TensorOptions options_;
  NetworkUse use_;
  std::shared_ptr<const FrozenUNet> network_;
  TimeBiases of_classes_;  ///< [classes, numbers] each; undefined where it is told no class of each image
  TimeBiases told_;        ///< those of the class that it is told
  mutable std::map<double, TimeTerms> terms_;  ///< by time, on a device that is not the CPU
};

}  // namespace dpsbench
