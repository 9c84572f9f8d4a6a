#pragma once
#include <algorithm>
#include <string>
#include <vector>

#include "priors/kernels/group_norm.h"

namespace dpsbench {

/// The structure of an ADM U-Net (Dhariwal & Nichol 2021), by guided-diffusion's names for its options, and of the DDPM
/// networks before it (Ho et al. 2020), by the names that diffusers' UNet2DModel has for what it does differently.
struct UNetOptions {
  std::int64_t image_size = 256;  ///< height and width in pixels
  std::int64_t in_channels = 3;
  std::int64_t num_channels = 128;   ///< width of the first level; a multiple of the groups
  std::int64_t num_res_blocks = 1;   ///< residual blocks a level, going down
  std::vector<double> channel_mult;  ///< width of each level, in num_channels; empty: guided-diffusion's for image_size
  std::vector<std::int64_t> attention_resolutions;  ///< feature map sizes that get self-attention
  std::int64_t num_heads = 4;                       ///< attention heads where num_head_channels is -1
  std::int64_t num_head_channels = -1;              ///< channels of one attention head; -1: channels / num_heads
  bool use_scale_shift_norm = true;  ///< the time scales and shifts the second normalisation; false: it is added before
  bool resblock_updown = true;       ///< residual blocks resample; false: strided and upsampling convolutions do
  bool use_new_attention_order = false;  ///< q, k, v outermost in the channels; false: the heads are
  bool learn_sigma = true;               ///< a second half of the output channels parametrises the variance
  bool noise_map = false;  ///< is told a noise level of each pixel, and predicts v (priors/unet/noise_map.h)

  std::int64_t norm_num_groups = 32;     ///< most groups of a normalisation
  std::int64_t norm_group_channels = 1;  ///< least channels of a group: few channels have fewer groups
  double norm_eps = 1e-5;                ///< added to a normalisation's variances
  bool sin_first = false;                ///< the time's embedding begins with the sines; false: with the cosines
  std::int64_t freq_shift = 0;  ///< its frequencies are 10000^(-i / (half - freq_shift)), i = 0 .. half - 1; 0 or 1
  std::int64_t downsample_padding = 1;  ///< zeros of strided convolutions: 1 all around, 0 below and to the right alone

  // what the networks of Song et al. 2021 have, as EDM runs them
  bool fourier = false;            ///< the time's embedding has frequencies of its own, which the weights hold
  double skip_scale = 1;           ///< times every sum of a block and what goes round it; sqrt(1/2) there
  bool smooth_resampling = false;  ///< residual blocks resample by the filter [1, 3, 3, 1]; false: by [1, 1]
  bool resample_proj = false;      ///< a 1x1 convolution goes round every block that resamples
  bool attention_last = false;     ///< on the way up, only a level's last block attends
  bool stem_unmultiplied = false;  ///< the first convolution has num_channels whatever channel_mult begins with
  bool input_pyramid = false;      ///< the image, made smaller level by level, joins each level on the way down

  // what the networks of Rombach et al. 2022 have that are told a text
  std::int64_t context_dim = 0;      ///< numbers of a context's token; 0: none, attention is ADM's, else transformers
  std::int64_t context_tokens = 77;  ///< tokens of the one context that all images are told, which the weights hold

  double dropout = 0;  ///< probability of dropping a hidden unit in training; no effect on evaluation

  [[nodiscard]] std::int64_t out_channels() const { return learn_sigma ? 2 * in_channels : in_channels; }
  /// Channels of what it is given: the image's, and the noise map's if there is one.
  [[nodiscard]] std::int64_t stem_channels() const { return in_channels + (noise_map ? 3 : 0); }
  /// Numbers that the time is embedded in.
  [[nodiscard]] std::int64_t time_features() const { return fourier ? 2 * num_channels : num_channels; }
  /// The groups of a normalisation of so many channels.
  [[nodiscard]] NormGroups groups_of(std::int64_t channels) const {
    return {std::min(norm_num_groups, channels / norm_group_channels), norm_eps};
  }
  [[nodiscard]] ImageShape shape() const { return {in_channels, image_size, image_size}; }
};

/// What a network computes in: tf32 lets a GPU round the factors of all its products to ten bits; bfloat16 stores and
/// multiplies in that in the torso, its convolutions and attention but the first and last layer.
enum class Torso { as_the_rest, tf32, bfloat16 };

/// The options of a known network: "ffhq256" (ffhq_10m.pt of DPS), "imagenet256" (256x256_diffusion_uncond.pt of
/// guided-diffusion) or "photo32" (the small network shipped with the quickstart). Throws UserError naming the choices.
UNetOptions unet_preset(const std::string& name);

/// The presets' names.
const std::vector<std::string>& unet_preset_names();

/// The options with an empty channel_mult filled in. Throws UserError naming the option that does not fit.
UNetOptions checked(UNetOptions options);

/// "1,1,2,2" -> {1, 1, 2, 2}. Throws UserError unless every part is a positive number.
std::vector<double> parse_channel_mult(const std::string& text);

/// "32,16,8" -> {32, 16, 8}; empty text: none. Throws UserError unless every part is a positive whole number.
std::vector<std::int64_t> parse_attention_resolutions(const std::string& text);

}  // namespace dpsbench
