#pragma once
#include <memory>

#include "core/exact_posterior.h"
#include "core/latent/autoencoder.h"

namespace dpsbench {

/// What a prior of images that are decoded latents is made of. The prior itself has the images' shape, may be drawn
/// from where that of the latents may, and has no score: images of fewer latents than pixels have no density. Samplers
/// are given `latents()`, and its images' operator behind the decoder (DecodedOperator).
class LatentPrior {
 public:
  virtual ~LatentPrior() = default;
  [[nodiscard]] virtual const Prior& latents() const = 0;
  [[nodiscard]] virtual const Autoencoder& autoencoder() const = 0;

  /// Puts another prior in place of that of the latents: the same, seen otherwise.
  virtual void replace_latents(const std::function<std::unique_ptr<Prior>(std::unique_ptr<Prior>)>& with) = 0;
};

/// A prior of images from one of their latents: a LatentPrior, and a TractablePrior where that of the latents is one.
/// Throws UserError where its shape is not that of the latents.
std::unique_ptr<Prior> make_latent_prior(std::unique_ptr<Prior> latents, std::unique_ptr<Autoencoder> autoencoder);

/// Null: a prior of images as they are.
inline const LatentPrior* as_latent(const Prior& prior) { return dynamic_cast<const LatentPrior*>(&prior); }

/// What samplers evaluate: of latents where the prior has them, else the prior.
inline const Prior& sampled_prior(const Prior& prior) {
  const LatentPrior* latent = as_latent(prior);
  return latent == nullptr ? prior : latent->latents();
}

}  // namespace dpsbench
