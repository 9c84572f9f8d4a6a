#include "priors/unet/architectures.h"

#include <numbers>

#include "core/error.h"

namespace dpsbench {
namespace {

UNetOptions ddpm() {
  UNetOptions options;
  options.num_heads = 1;
  options.use_scale_shift_norm = false;
  options.resblock_updown = false;
  options.learn_sigma = false;
  options.norm_eps = 1e-6;
  options.sin_first = true;
  options.freq_shift = 1;
  options.downsample_padding = 0;
  return options;
}

UNetOptions edm_adm() {
  UNetOptions options;
  options.num_head_channels = 64;
  options.learn_sigma = false;
  options.norm_group_channels = 4;
  return options;
}

UNetOptions ddpmpp() {
  UNetOptions options = ddpm();
  options.resblock_updown = true;
  options.norm_group_channels = 4;
  options.skip_scale = std::numbers::sqrt2 / 2;
  options.resample_proj = true;
  options.attention_last = true;
  options.stem_unmultiplied = true;
  return options;
}

UNetOptions ncsnpp() {
  UNetOptions options = ddpmpp();
  options.fourier = true;
  options.smooth_resampling = true;
  options.input_pyramid = true;
  return options;
}

}  // namespace

UNetOptions unet_architecture(const std::string& name) {
  if (name == "adm") return {};
  if (name == "ddpm") return ddpm();
  if (name == "edm_adm") return edm_adm();
  if (name == "ddpmpp") return ddpmpp();
  if (name == "ncsnpp") return ncsnpp();
  throw UserError("architecture '{}' is unknown; there are {}", name, fmt::join(unet_architecture_names(), ", "));
}

const std::vector<std::string>& unet_architecture_names() {
  static const std::vector<std::string> names{"adm", "ddpm", "edm_adm", "ddpmpp", "ncsnpp"};
  return names;
}

}  // namespace dpsbench
