#include <map>

#include "priors/registry.h"
#include "priors/unet/architectures.h"
#include "runner/experiment/experiment_keys.h"

namespace dpsbench {
namespace {

/// Structure of a U-Net without a preset or a config, by guided-diffusion's names; the defaults are those of adm.
std::vector<KeySpec> network_keys() {
  const UNetOptions usual;
  const auto text = [](std::int64_t number) { return fmt::format("{}", number); };
  return {
      KeySpec::whole("image_size", {}, "without preset: height and width in pixels", {1, 4096}),
      KeySpec::whole("in_channels", text(usual.in_channels), "colour channels of an image", {1, 16}),
      KeySpec::whole("num_channels", {}, "without preset: width of the first level, a multiple of 32", {1, 4096}),
      KeySpec::whole("num_res_blocks", {}, "without preset: residual blocks of a level, going down", {1, 64}),
      {"channel_mult", "a list of numbers, as [1, 2, 4]", "",
       "width of each level, in num_channels; nothing: guided-diffusion's for image_size"},
      {"attention_resolutions", "a list of whole numbers", "", "sides of feature maps that get self-attention"},
      KeySpec::whole("num_heads", text(usual.num_heads), "attention heads where num_head_channels is -1", {1, 256}),
      KeySpec::whole("num_head_channels", text(usual.num_head_channels),
                     "channels of one attention head; -1: channels over num_heads", {-1, 4096}),
      KeySpec::flag("use_scale_shift_norm", usual.use_scale_shift_norm,
                    "the time scales and shifts the second normalisation; false: it is added before"),
      KeySpec::flag("resblock_updown", usual.resblock_updown,
                    "residual blocks resample; false: strided and upsampling convolutions do"),
      KeySpec::flag("use_new_attention_order", usual.use_new_attention_order,
                    "q, k, v outermost in the channels; false: the heads are"),
      KeySpec::flag("learn_sigma", usual.learn_sigma, "half of the output channels tell the variance"),
      KeySpec::flag("noise_map", usual.noise_map, "the network is told a noise level of each pixel"),
      KeySpec::whole("norm_num_groups", text(usual.norm_num_groups), "most groups of a normalisation", {1, 1024}),
      KeySpec::whole("norm_group_channels", text(usual.norm_group_channels), "least channels of a group", {1, 1024}),
      {"norm_eps", "a number", fmt::format("{}", usual.norm_eps), "added to a normalisation's variances", {0, 1, true}},
      KeySpec::flag("sin_first", usual.sin_first,
                    "the time's embedding begins with the sines; false: with the cosines"),
      KeySpec::whole("freq_shift", text(usual.freq_shift), "its frequencies are 10000^(-i / (half - freq_shift))",
                     {0, 1}),
      KeySpec::whole("downsample_padding", text(usual.downsample_padding),
                     "zeros of strided convolutions: 1 all around, 0 below and to the right alone", {0, 1}),
      KeySpec::flag("fourier", usual.fourier, "the time's frequencies are the weights' own"),
      {"skip_scale",
       "a number",
       fmt::format("{}", usual.skip_scale),
       "times every sum of a block and what goes round it",
       {0, 1, true}},
      KeySpec::flag("smooth_resampling", usual.smooth_resampling,
                    "residual blocks resample by the filter [1, 3, 3, 1]; false: by [1, 1]"),
      KeySpec::flag("resample_proj", usual.resample_proj, "a 1x1 convolution goes round every block that resamples"),
      KeySpec::flag("attention_last", usual.attention_last, "on the way up, only a level's last block attends"),
      KeySpec::flag("stem_unmultiplied", usual.stem_unmultiplied,
                    "the first convolution has num_channels whatever channel_mult begins with"),
      KeySpec::flag("input_pyramid", usual.input_pyramid,
                    "the image, made smaller level by level, joins each level on the way down"),
      KeySpec::whole("context_dim", text(usual.context_dim),
                     "numbers of a context's token; more than 0: transformers, told the weights' one context, attend",
                     {0, 65536}),
      KeySpec::whole("context_tokens", text(usual.context_tokens), "tokens of that context", {1, 65536})};
}

/// The keys that name kinds' files, each once: several kinds share one.
std::vector<KeySpec> file_keys() {
  std::map<std::string, std::string> meanings;
  for (const PriorKind& kind : prior_kinds()) {
    if (kind.file_key.empty()) continue;
    std::string& meaning = meanings[kind.file_key];
    meaning += fmt::format("{}{}: {}", meaning.empty() ? "" : "; ", kind.name, kind.file_content);
  }
  std::vector<KeySpec> keys;
  for (const auto& [name, meaning] : meanings) keys.push_back(KeySpec::path(name, {}, meaning));
  return keys;
}

KeyBlock prior_block_keys() {
  KeyBlock block = {"prior",
                    "The diffusion model. Which keys may be given depends on kind; preset, or config, or else the keys "
                    "below them up to context_tokens, are of kind unet, images, size and channels of kind empirical.",
                    {KeySpec::word("kind", "unet", "what it is", prior_kind_names())}};
  const auto add = [&](const std::vector<KeySpec>& keys) {
    block.keys.insert(block.keys.end(), keys.begin(), keys.end());
  };
  add(file_keys());
  add({KeySpec::word("preset", "", "the structure of a known network", unet_preset_names()),
       KeySpec::path("config", "", "a config.json of diffusers' UNet2DModel, in place of a network's keys"),
       KeySpec::word("architecture", "adm", "what the keys below are unless they are said",
                     unet_architecture_names())});
  add(network_keys());
  add({{"images", "positions from 0, as 0-199", "", "of the file; nothing: all of them"},
       KeySpec::whole("size", "0", "side of the images in pixels; 0: as they are", {0, 4096}),
       KeySpec::whole("channels", "3", "of an image", {1, 3}),
       KeySpec::group("autoencoder", "", "whose latents this is a prior of, images being their decodings"),
       KeySpec::group("tiles", "", "larger pictures, which the network sees in overlapping tiles")});
  return block;
}

KeyBlock autoencoder_block_keys() {
  const AutoencoderOptions usual;
  const auto text = [](std::int64_t number) { return fmt::format("{}", number); };
  const std::string of_kind = "the kind's";
  return {
      "autoencoder",
      "Makes a prior one of latents: methods sample latents, and tasks and metrics see the images that they are "
      "decoded "
      "to. The keys below scale are the structure of a network, by default the kind's.",
      {KeySpec::word("kind", {}, "pca: principal components from a file; vq-f4, kl-f8: networks of latent diffusion",
                     autoencoder_kinds()),
       KeySpec::path("weights", "",
                     "safetensors; nothing: they are in the prior's file, network and autoencoder in one"),
       {"scale",
        "a number",
        "1, of kl-f8 0.18215",
        "latents as the prior knows them, in the autoencoder's own",
        {0, 1e6, true}},
       KeySpec::whole("image_size", text(usual.image_size), "height and width of images in pixels", {1, 4096}),
       KeySpec::whole("in_channels", text(usual.in_channels), "colour channels of an image", {1, 16}),
       KeySpec::whole("num_channels", text(usual.num_channels), "width of the first level", {1, 4096}),
       {"channel_mult", "a list of numbers, as [1, 2, 4]", of_kind,
        "width of each level, in num_channels; all but the last halve"},
       KeySpec::whole("num_res_blocks", text(usual.num_res_blocks), "residual blocks of a level of the encoder",
                      {1, 64}),
       {"latent_channels", "a whole number", of_kind, "of a latent", {1, 64}},
       KeySpec::whole("codes", text(usual.codes), "of a codebook (vq-f4)", {1, 1 << 20}),
       KeySpec::flag("mid_attention", usual.mid_attention, "the coarsest level attends"),
       KeySpec::flag("quantizes", usual.quantizes, "vq-f4: decoding begins with the nearest codes"),
       KeySpec::whole("norm_num_groups", text(usual.norm_num_groups), "of every normalisation", {1, 1024}),
       {"norm_eps",
        "a number",
        fmt::format("{}", usual.norm_eps),
        "added to a normalisation's variances",
        {0, 1, true}},
       KeySpec::whole("downsample_padding", text(usual.downsample_padding),
                      "zeros of strided convolutions: 1 all around, 0 below and to the right alone", {0, 1})}};
}

KeyBlock tile_block_keys() {
  return {"tiles",
          "Makes a network's prior one of larger pictures: each tile is seen alone, and where tiles overlap their "
          "predictions of the noise are averaged.",
          {KeySpec::whole("height", {}, "of a picture, pixels; not less than the network's images have", {1, 16384}),
           KeySpec::whole("width", {}, "of a picture, pixels; likewise", {1, 16384}),
           KeySpec::whole("overlap", "a quarter of a tile",
                          "pixels that neighbouring tiles share at least, less than a tile has", {0, 4095})}};
}

}  // namespace

const KeyBlock& prior_keys() {
  static const KeyBlock block = prior_block_keys();
  return block;
}

const KeyBlock& tile_keys() {
  static const KeyBlock block = tile_block_keys();
  return block;
}

const KeyBlock& autoencoder_keys() {
  static const KeyBlock block = autoencoder_block_keys();
  return block;
}

}  // namespace dpsbench
