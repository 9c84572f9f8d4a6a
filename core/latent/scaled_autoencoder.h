#pragma once
#include <memory>

#include "core/latent/autoencoder.h"

namespace dpsbench {

/// An autoencoder whose latents are `scale` times another's: those that a network was trained on, 0.18215 times those
/// of the autoencoder for Stable Diffusion 1.
class ScaledAutoencoder final : public Autoencoder {
 public:
  /// scale > 0.
  ScaledAutoencoder(std::unique_ptr<Autoencoder> autoencoder, double scale)
      : autoencoder_(std::move(autoencoder)), scale_(scale) {}

  [[nodiscard]] CodingPass encode(const Tensor& x, Gradient gradient) const override;
  [[nodiscard]] CodingPass decode(const Tensor& z, Gradient gradient) const override;
  [[nodiscard]] ImageShape image_shape() const override { return autoencoder_->image_shape(); }
  [[nodiscard]] ImageShape latent_shape() const override { return autoencoder_->latent_shape(); }
  [[nodiscard]] bool decodes_affinely() const override { return autoencoder_->decodes_affinely(); }
  [[nodiscard]] std::optional<double> gain() const override {
    const std::optional<double> own = autoencoder_->gain();
    return own ? std::optional(*own / scale_) : own;
  }

 private:
  std::unique_ptr<Autoencoder> autoencoder_;
  double scale_;
};

}  // namespace dpsbench
