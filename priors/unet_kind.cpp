#include <fmt/ranges.h>

#include <algorithm>
#include <optional>

#include "core/error.h"
#include "priors/checkpoints/checkpoint.h"
#include "priors/prior_kind.h"
#include "priors/schedule_options.h"
#include "priors/unet/network_prior.h"
#include "priors/weights/safetensors.h"

namespace dpsbench {
namespace {

/// Options that came later, where they are not as all networks were before: descriptions of those stay the same.
std::string further_details(const UNetOptions& options) {
  const UNetOptions before;
  std::string details;
  const auto add = [&](const char* name, const auto& value, const auto& as_before) {
    if (value != as_before) details += fmt::format(" {}={}", name, value);
  };
  add("noise_map", options.noise_map, before.noise_map);
  add("norm_num_groups", options.norm_num_groups, before.norm_num_groups);
  add("norm_group_channels", options.norm_group_channels, before.norm_group_channels);
  add("norm_eps", options.norm_eps, before.norm_eps);
  add("sin_first", options.sin_first, before.sin_first);
  add("freq_shift", options.freq_shift, before.freq_shift);
  add("downsample_padding", options.downsample_padding, before.downsample_padding);
  add("fourier", options.fourier, before.fourier);
  add("skip_scale", options.skip_scale, before.skip_scale);
  add("smooth_resampling", options.smooth_resampling, before.smooth_resampling);
  add("resample_proj", options.resample_proj, before.resample_proj);
  add("attention_last", options.attention_last, before.attention_last);
  add("stem_unmultiplied", options.stem_unmultiplied, before.stem_unmultiplied);
  add("input_pyramid", options.input_pyramid, before.input_pyramid);
  add("context_dim", options.context_dim, before.context_dim);
  if (options.context_dim > 0) add("context_tokens", options.context_tokens, std::int64_t{0});
  return details;
}

std::string network_details(const PriorSpec& spec) {
  const UNetOptions options = network_options(spec);
  return fmt::format(
      "image_size={} in_channels={} num_channels={} num_res_blocks={} channel_mult={} attention_resolutions={} "
      "num_heads={} num_head_channels={} use_scale_shift_norm={} resblock_updown={} use_new_attention_order={} "
      "learn_sigma={}{}",
      options.image_size, options.in_channels, options.num_channels, options.num_res_blocks,
      fmt::join(options.channel_mult, ","), fmt::join(options.attention_resolutions, ","), options.num_heads,
      options.num_head_channels, options.use_scale_shift_norm, options.resblock_updown, options.use_new_attention_order,
      options.learn_sigma, further_details(options));
}

/// What surrounds the network: how it is told noise levels, and which there are.
const std::vector<OptionSpec>& surroundings() {
  static const std::vector<OptionSpec> options = [] {
    std::vector<std::string> kinds = preconditioning_kinds();
    kinds.insert(kinds.begin(), "none");
    std::vector<OptionSpec> own = {
        {.name = "preconditioning",
         .default_value = "none",
         .description = "how the network is given and told a noise level, by EDM's names; none: x_t and its time",
         .choices = kinds},
        {"sigma_data", 0.5, "of preconditioning edm: deviation of the data", 1e-3, 1e3},
        {"label", std::int64_t{-1}, "the class that a class-conditional network is told, from 0; -1: none", -1, 1e9},
        {"label_of_image", false, "a class-conditional network is told the class of each image, of dataset.labels"}};
    std::ranges::copy(schedule_options("own", "own, the preconditioning's, or without one linear, "),
                      std::back_inserter(own));
    own.push_back(
        {"average", true, "of latent-diffusion's files: the moving average of the weights, where the file has one"});
    own.push_back({"clip", true, "whether estimates of x_0 are clamped to [-1, 1], as image networks' are"});
    return own;
  }();
  return options;
}

std::optional<Preconditioning> preconditioning_of(const OptionValues& values) {
  if (values.word("preconditioning") == "none") return {};
  return Preconditioning{values.word("preconditioning"), values.real("sigma_data")};
}

NetworkUse use_of(const OptionValues& values) {
  const auto preconditioning = preconditioning_of(values);
  const NoiseSchedule said = schedule_of(values);
  const NoiseSchedule own = preconditioning ? preconditioning->schedule() : NoiseSchedule::linear();
  return {values.word("schedule") == "own" ? own : said, values.flag("clip")};
}

/// Throws UserError where the network is not one that is used so.
void require_fitting(const UNetOptions& network, const OptionValues& values) {
  const std::string preconditioning = values.word("preconditioning");
  if (network.noise_map && (preconditioning != "none" || values.word("schedule") != "own" || !values.flag("clip")))
    throw UserError(
        "noise_map: true brings levels of its own; allowed with it: preconditioning none, schedule own, clip true");
  if (values.flag("label_of_image") && (values.integer("label") >= 0 || network.noise_map))
    throw UserError("label_of_image: true tells a class of each image; allowed with it: label -1, noise_map false");
  if (network.learn_sigma && preconditioning != "none" && preconditioning != "iddpm")
    throw UserError("preconditioning: {} with learn_sigma: true; such networks tell no variance: false",
                    preconditioning);
}

}  // namespace

PriorKind unet_kind() {
  return {.name = "unet",
          .title = "a trained U-Net: ADM's, DDPM's, EDM's, by guided-diffusion's option names",
          .file_key = "weights",
          .file_content = "the network's weights as safetensors",
          .made_of_file = true,
          .shape_of_file = false,
          .is_network = true,
          .options = surroundings(),
          .describes_defaults = false,
          .shape =
              [](const PriorSpec& spec) {
                const OptionValues values(surroundings(), spec.options);
                static_cast<void>(use_of(values));
                const UNetOptions network = network_options(spec);
                require_fitting(network, values);
                return network.shape();
              },
          .details = network_details,
          .make =
              [](const PriorSpec& spec, const FileBytes* file, const TensorOptions& options, Torso torso) {
                const UNetOptions network = network_options(spec);
                const OptionValues values(surroundings(), spec.options);
                const std::int64_t label = values.integer("label");
                const UNetParameters parameters = checkpoint_parameters(
                    network, SafetensorsFile(*file), label < 0 ? std::nullopt : std::optional(label),
                    values.flag("average"), values.flag("label_of_image"));
                return network_prior(network, parameters, options, torso, use_of(values), preconditioning_of(values));
              }};
}

}  // namespace dpsbench
