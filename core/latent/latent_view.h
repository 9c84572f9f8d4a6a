#pragma once
#include <optional>

#include "core/latent/counting_autoencoder.h"
#include "core/latent/decoded_operator.h"
#include "core/latent/latent_prior.h"
#include "core/method_entry.h"

namespace dpsbench {

/// A batch's measurement of images, seen from their latents, with passes through the autoencoder counted. Refers to
/// prior and operator, which must outlive it; stays where it is made.
class LatentView {
 public:
  /// `op` measured y [B, ...] of images of the prior.
  LatentView(const LatentPrior& prior, const Operator& op, const Tensor& y)
      : autoencoder_(prior.autoencoder(), use_),
        op_(autoencoder_, op, y.size(0), prior.latents().options()),
        y_(op_.of_images(y)) {
    use_ = {};
  }
  LatentView(const LatentView&) = delete;
  LatentView& operator=(const LatentView&) = delete;

  [[nodiscard]] const DecodedOperator& op() const { return op_; }
  [[nodiscard]] const Tensor& y() const { return y_; }

  /// What a sampler of these latents is given. `prior`: of latents, or the prior of images that are their decodings.
  [[nodiscard]] Problem problem(const Prior& prior, const NoiseSchedule& schedule, double sigma_y, const Noise& noise,
                                const Tensor& original = {}) const {
    return {sampled_prior(prior),
            schedule,
            op_,
            y_,
            sigma_y,
            noise,
            original.defined() ? encoded(original) : original,
            &op_};
  }

  /// Latents [B, ...] as images, counted; and back, not counted.
  [[nodiscard]] Tensor decoded(const Tensor& z) const { return autoencoder_.decode(z, Gradient::none).value; }
  [[nodiscard]] Tensor encoded(const Tensor& x) const { return autoencoder_.counted().encode(x, Gradient::none).value; }
  /// Latents [n, frames, ...] as images, frame by frame, not counted.
  [[nodiscard]] Tensor decoded_frames(const Tensor& frames) const;

  /// What was passed since it was made, of one image.
  [[nodiscard]] CodingCost cost() const;

 private:
  CodingUse use_;
  CountingAutoencoder autoencoder_;
  DecodedOperator op_;
  Tensor y_;
};

/// The view, where the prior is of latents.
void view_latents(std::optional<LatentView>& view, const Prior& prior, const Operator& op, const Tensor& y);

}  // namespace dpsbench
