#pragma once
#include <optional>

#include "core/latent/autoencoder.h"
#include "priors/autoencoder/checkpoint.h"
#include "priors/autoencoder/codebook.h"
#include "priors/autoencoder/frozen_half.h"

namespace dpsbench {

/// The normal distribution that a KL autoencoder makes of an image, each number of a latent with its own.
struct LatentDistribution {
  Tensor mean;       ///< the mode, [B, C, H, W]
  Tensor deviation;  ///< exp(logarithm of the variance / 2), that between -30 and 20

  /// A cotangent of the mean and one of the deviation.
  struct Cotangent {
    Tensor of_mean;
    Tensor of_deviation;
  };
  /// To x, as CodingPass::pull_back.
  std::function<std::vector<Tensor>(const std::vector<Cotangent>&)> pull_back;
};

/// An autoencoder of latent diffusion (Rombach et al. 2022) with frozen weights. encode() does not quantise, and of a
/// normal latent gives the mode; decode() does, with the gradient of the identity, unless its options say otherwise.
/// Its latents are as the weights have them: whatever scale a network wants them in comes after.
class NetworkAutoencoder final : public Autoencoder {
 public:
  /// Takes the weights to `options`' device and number type. `in_tf32`: a GPU may round the factors of its products to
  /// ten bits. Throws UserError where the options do not fit together.
  NetworkAutoencoder(const AutoencoderOptions& structure, const AutoencoderParameters& parameters,
                     const TensorOptions& options, bool in_tf32 = false);

  [[nodiscard]] CodingPass encode(const Tensor& x, Gradient gradient) const override;
  [[nodiscard]] CodingPass decode(const Tensor& z, Gradient gradient) const override;
  [[nodiscard]] ImageShape image_shape() const override { return structure_.image_shape(); }
  [[nodiscard]] ImageShape latent_shape() const override { return structure_.latent_shape(); }

  /// What a KL autoencoder makes of images. Throws Error of one that has a codebook.
  [[nodiscard]] LatentDistribution distribution(const Tensor& x, Gradient gradient) const;

  /// The codes of latents; none of a KL autoencoder.
  [[nodiscard]] const std::optional<Codebook>& codebook() const { return codebook_; }

 private:
  NetworkAutoencoder(const AutoencoderOptions& structure, AutoencoderParameters parameters, bool in_tf32);
  [[nodiscard]] CodingPass moments(const Tensor& x, Gradient gradient) const;
  void check(const Tensor& batch, const ImageShape& shape) const;

  AutoencoderOptions structure_;
  bool in_tf32_;
  FrozenHalf encoder_;
  FrozenConvolution quant_;
  FrozenConvolution post_quant_;
  FrozenHalf decoder_;
  std::optional<Codebook> codebook_;
};

}  // namespace dpsbench
