#include "core/latent/latent_prior.h"

#include "core/error.h"
#include "core/words/shape_text.h"

namespace dpsbench {
namespace {

/// A prior of type Base whose images are decoded latents.
template <typename Base>
class DecodedPrior : public Base, public LatentPrior {
 public:
  DecodedPrior(std::unique_ptr<Prior> latents, std::unique_ptr<Autoencoder> autoencoder)
      : latents_(std::move(latents)), autoencoder_(std::move(autoencoder)) {}

  [[nodiscard]] const Prior& latents() const override { return *latents_; }
  [[nodiscard]] const Autoencoder& autoencoder() const override { return *autoencoder_; }
  void replace_latents(const std::function<std::unique_ptr<Prior>(std::unique_ptr<Prior>)>& with) override {
    latents_ = with(std::move(latents_));
  }

  [[nodiscard]] Evaluation evaluate(const Tensor&, const NoiseLevel&, Gradient) const override {
    throw Error("images that are decoded latents have no score: that of the latents is to be asked");
  }
  [[nodiscard]] ImageShape shape() const override { return autoencoder_->image_shape(); }
  [[nodiscard]] NoiseSchedule schedule() const override { return latents_->schedule(); }
  [[nodiscard]] double smallest_sigma() const override { return latents_->smallest_sigma(); }
  [[nodiscard]] bool clips_denoised() const override { return latents_->clips_denoised(); }
  [[nodiscard]] TensorOptions options() const override { return latents_->options(); }
  void release_memory() const override { latents_->release_memory(); }

 protected:
  std::unique_ptr<Prior> latents_;
  std::unique_ptr<Autoencoder> autoencoder_;
};

class DrawableDecodedPrior final : public DecodedPrior<TractablePrior> {
 public:
  using DecodedPrior::DecodedPrior;

  [[nodiscard]] Tensor sample(const Noise& noise, Purpose purpose, std::int64_t draw) const override {
    const auto& latents = dynamic_cast<const TractablePrior&>(*latents_);
    return autoencoder_->decode(latents.sample(noise, purpose, draw), Gradient::none).value;
  }
  [[nodiscard]] std::unique_ptr<ExactPosterior> exact_posterior(const Measurement&) const override {
    throw Error("posteriors of images that are decoded latents are known as those of the latents");
  }
};

}  // namespace

std::unique_ptr<Prior> make_latent_prior(std::unique_ptr<Prior> latents, std::unique_ptr<Autoencoder> autoencoder) {
  if (latents->shape() != autoencoder->latent_shape())
    throw UserError("the prior of latents is of {} (channels, height, width), but the autoencoder's latents are {}",
                    shape_text(latents->shape()), shape_text(autoencoder->latent_shape()));
  if (dynamic_cast<const TractablePrior*>(latents.get()) != nullptr)
    return std::make_unique<DrawableDecodedPrior>(std::move(latents), std::move(autoencoder));
  return std::make_unique<DecodedPrior<Prior>>(std::move(latents), std::move(autoencoder));
}

}  // namespace dpsbench
