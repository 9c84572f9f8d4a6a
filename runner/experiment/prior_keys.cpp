#include <map>

#include "priors/registry.h"
#include "runner/experiment/experiment_keys.h"

namespace dpsbench {
namespace {

/// Structure of a U-Net without a preset, by guided-diffusion's names and defaults.
std::vector<KeySpec> network_keys() {
  const UNetOptions usual;
  const auto text = [](std::int64_t number) { return fmt::format("{}", number); };
  return {KeySpec::whole("image_size", {}, "without preset: height and width in pixels", {1, 4096}),
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
          KeySpec::flag("noise_map", usual.noise_map, "the network is told a noise level of each pixel")};
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
                    "The diffusion model. Which keys may be given depends on kind; preset, or else the keys below it "
                    "up to noise_map, are of kind unet, the last three of kind empirical.",
                    {KeySpec::word("kind", "unet", "what it is", prior_kind_names())}};
  const auto add = [&](const std::vector<KeySpec>& keys) {
    block.keys.insert(block.keys.end(), keys.begin(), keys.end());
  };
  add(file_keys());
  add({KeySpec::word("preset", "", "the structure of a known network", unet_preset_names())});
  add(network_keys());
  add({{"images", "positions from 0, as 0-199", "", "of the file; nothing: all of them"},
       KeySpec::whole("size", "0", "side of the images in pixels; 0: as they are", {0, 4096}),
       KeySpec::whole("channels", "3", "of an image", {1, 3})});
  return block;
}

}  // namespace

const KeyBlock& prior_keys() {
  static const KeyBlock block = prior_block_keys();
  return block;
}

}  // namespace dpsbench
