#include <fmt/ranges.h>

#include "priors/prior_kind.h"
#include "priors/unet/network_prior.h"
#include "priors/weights/safetensors.h"

namespace dpsbench {
namespace {

std::string network_details(const PriorSpec& spec) {
  const UNetOptions options = network_options(spec);
  return fmt::format(
      "image_size={} in_channels={} num_channels={} num_res_blocks={} channel_mult={} attention_resolutions={} "
      "num_heads={} num_head_channels={} use_scale_shift_norm={} resblock_updown={} use_new_attention_order={} "
      "learn_sigma={}{}",
      options.image_size, options.in_channels, options.num_channels, options.num_res_blocks,
      fmt::join(options.channel_mult, ","), fmt::join(options.attention_resolutions, ","), options.num_heads,
      options.num_head_channels, options.use_scale_shift_norm, options.resblock_updown, options.use_new_attention_order,
      options.learn_sigma, options.noise_map ? " noise_map=true" : "");
}

}  // namespace

PriorKind unet_kind() {
  return {.name = "unet",
          .title = "a trained ADM U-Net, by guided-diffusion's option and parameter names",
          .file_key = "weights",
          .file_content = "the network's weights as safetensors",
          .made_of_file = true,
          .shape_of_file = false,
          .is_network = true,
          .shape = [](const PriorSpec& spec) { return network_options(spec).shape(); },
          .details = network_details,
          .make =
              [](const PriorSpec& spec, const FileBytes* file, const TensorOptions& options, Torso torso) {
                const UNetOptions network = network_options(spec);
                return network_prior(network, load_unet_parameters(network, SafetensorsFile(*file)), options, torso);
              }};
}

}  // namespace dpsbench
