#pragma once
#include <string>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

/// How an autoencoder's latents are kept from growing: as codes of a codebook (VQ), or by a normal distribution of each
/// (KL).
enum class LatentRegularisation { codebook, normal };

/// The structure of an autoencoder of Rombach et al. 2022 (Esser et al. 2021), by the names that UNetOptions has for
/// the same; latent-diffusion's stand beside them. As they stand, VQ-f4's of FFHQ and CelebA-HQ.
struct AutoencoderOptions {
  LatentRegularisation regularisation = LatentRegularisation::codebook;
  std::int64_t image_size = 256;                 ///< `resolution`: height and width of images in pixels
  std::int64_t in_channels = 3;                  ///< of an image
  std::int64_t num_channels = 128;               ///< `ch`: width of the first level; a multiple of the groups
  std::vector<double> channel_mult = {1, 2, 4};  ///< `ch_mult`: of each level, in num_channels; all but the last halve
  std::int64_t num_res_blocks = 2;               ///< a level in the encoder; the decoder has one more
  std::int64_t latent_channels = 3;              ///< `z_channels`
  std::int64_t codes = 8192;                     ///< `n_embed`: of a codebook
  bool mid_attention = true;                     ///< the coarsest level attends, in both halves
  bool quantizes = true;  ///< decoding begins with the nearest codes; false: latent-diffusion's force_not_quantize
  std::int64_t norm_num_groups = 32;    ///< of every normalisation
  double norm_eps = 1e-6;               ///< added to a normalisation's variances
  std::int64_t downsample_padding = 0;  ///< zeros of strided convolutions: 0 below and to the right alone, 1 all around

  [[nodiscard]] bool has_codebook() const { return regularisation == LatentRegularisation::codebook; }
  /// Channels of what the encoder gives: a latent, or its mean and the logarithm of its variance.
  [[nodiscard]] std::int64_t moment_channels() const { return has_codebook() ? latent_channels : 2 * latent_channels; }
  /// Pixels of an image's side that make one of a latent's.
  [[nodiscard]] std::int64_t factor() const { return std::int64_t{1} << (channel_mult.size() - 1); }
  [[nodiscard]] ImageShape image_shape() const { return {in_channels, image_size, image_size}; }
  [[nodiscard]] ImageShape latent_shape() const {
    return {latent_channels, image_size / factor(), image_size / factor()};
  }
};

/// The options of a known autoencoder: "vq-f4" (FFHQ, CelebA-HQ) or "kl-f8" (Stable Diffusion 1). Throws UserError
/// naming the choices.
AutoencoderOptions autoencoder_preset(const std::string& name);

/// The presets' names.
const std::vector<std::string>& autoencoder_preset_names();

/// The options, which must fit together. Throws UserError naming the option that does not.
AutoencoderOptions checked(AutoencoderOptions options);

}  // namespace dpsbench
