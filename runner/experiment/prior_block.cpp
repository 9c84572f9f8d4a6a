#include "runner/experiment/prior_block.h"

#include "core/error.h"
#include "core/sha256.h"
#include "core/state.h"
#include "priors/checkpoints/diffusers_config.h"
#include "priors/unet/architectures.h"
#include "runner/experiment/beta_table.h"
#include "runner/experiment/experiment_keys.h"
#include "runner/experiment/input_path.h"

namespace dpsbench {
namespace {

/// "1,1,2", or the list [1, 1, 2].
std::string joined(const YamlReader& reader, const std::string& key) {
  return fmt::format("{}", fmt::join(reader.words(key), ","));
}

/// Of a config.json beside the weights.
UNetOptions read_config(const YamlReader& reader, const std::filesystem::path& folder) {
  try {
    return diffusers_options(reader.path("config", folder).string());
  } catch (const Error& error) {
    reader.fail("config", error.what());
  }
}

UNetOptions read_network(const YamlReader& reader) {
  const KeyBlock& keys = prior_keys();
  UNetOptions options = unet_architecture(reader.choice(keys["architecture"]));
  const auto whole = [&](const char* key, std::int64_t& option) {
    option = reader.whole(key, keys[key].range, option);
  };
  const auto flag = [&](const char* key, bool& option) { option = reader.flag(keys[key].name, option); };
  const auto real = [&](const char* key, double& option) {
    if (reader.has(keys[key])) option = reader.real(keys[key]);
  };
  options.image_size = reader.whole(keys["image_size"]);
  whole("in_channels", options.in_channels);
  options.num_channels = reader.whole(keys["num_channels"]);
  options.num_res_blocks = reader.whole(keys["num_res_blocks"]);
  if (reader.has(keys["channel_mult"])) options.channel_mult = parse_channel_mult(joined(reader, keys["channel_mult"]));
  if (reader.has(keys["attention_resolutions"]))
    options.attention_resolutions = parse_attention_resolutions(joined(reader, keys["attention_resolutions"]));
  whole("num_heads", options.num_heads);
  whole("num_head_channels", options.num_head_channels);
  flag("use_scale_shift_norm", options.use_scale_shift_norm);
  flag("resblock_updown", options.resblock_updown);
  flag("use_new_attention_order", options.use_new_attention_order);
  flag("learn_sigma", options.learn_sigma);
  flag("noise_map", options.noise_map);
  whole("norm_num_groups", options.norm_num_groups);
  whole("norm_group_channels", options.norm_group_channels);
  real("norm_eps", options.norm_eps);
  flag("sin_first", options.sin_first);
  whole("freq_shift", options.freq_shift);
  whole("downsample_padding", options.downsample_padding);
  flag("fourier", options.fourier);
  real("skip_scale", options.skip_scale);
  flag("smooth_resampling", options.smooth_resampling);
  flag("resample_proj", options.resample_proj);
  flag("attention_last", options.attention_last);
  flag("stem_unmultiplied", options.stem_unmultiplied);
  flag("input_pyramid", options.input_pyramid);
  whole("context_dim", options.context_dim);
  whole("context_tokens", options.context_tokens);
  return options;
}

/// A kind's options, complete.
std::map<std::string, OptionValue> read_options(const YamlReader& reader, const PriorKind& kind,
                                                const std::filesystem::path& folder) {
  std::map<std::string, OptionValue> given;
  for (const OptionSpec& option : kind.options) {
    if (!reader.has(option.name)) continue;
    if (option.name == "betas") {
      given[option.name] = read_betas(reader, folder);
      continue;
    }
    const std::vector<OptionValue> values = reader.options(option.name, option);
    if (values.size() > 1) reader.fail(option.name, "a prior has one value of it, not a list");
    given[option.name] = values.front();
  }
  return OptionValues(kind.options, given).all();
}

/// The options of a network whose images are latents, which are not in [-1, 1].
void leave_unclipped(PriorSpec& spec, const YamlReader& reader) {
  if (!spec.options.contains("clip")) return;
  if (reader.has("clip") && spec.options.at("clip") == OptionValue(true))
    reader.fail("clip", "true, but this is a prior of latents, which are not in [-1, 1]; allowed: false");
  spec.options["clip"] = false;
}

/// `file`: the prior's own.
AutoencoderSpec read_autoencoder(const YamlReader& reader, const std::filesystem::path& folder,
                                 const std::string& file) {
  const KeyBlock& keys = autoencoder_keys();
  AutoencoderSpec spec{reader.choice(keys["kind"])};
  if (reader.has(keys["weights"]))
    spec.file = reader.path(keys["weights"], folder).string();
  else if (spec.file = file; file.empty())
    reader.fail(keys["weights"], "missing, and the prior has no file in which they could be: a safetensors file");
  spec.scale = reader.has(keys["scale"]) ? reader.real(keys["scale"]) : usual_latent_scale(spec.kind);
  if (!spec.is_linear()) {
    AutoencoderOptions& of = spec.structure = autoencoder_preset(spec.kind);
    of.image_size = reader.whole(keys["image_size"]);
    of.in_channels = reader.whole(keys["in_channels"]);
    of.num_channels = reader.whole(keys["num_channels"]);
    if (reader.has(keys["channel_mult"])) of.channel_mult = parse_channel_mult(joined(reader, keys["channel_mult"]));
    of.num_res_blocks = reader.whole(keys["num_res_blocks"]);
    of.latent_channels = reader.whole(keys["latent_channels"].name, keys["latent_channels"].range, of.latent_channels);
    if (of.has_codebook()) of.codes = reader.whole(keys["codes"]);
    of.mid_attention = reader.flag(keys["mid_attention"]);
    if (of.has_codebook()) of.quantizes = reader.flag(keys["quantizes"]);
    of.norm_num_groups = reader.whole(keys["norm_num_groups"]);
    if (reader.has(keys["norm_eps"])) of.norm_eps = reader.real(keys["norm_eps"]);
    of.downsample_padding = reader.whole(keys["downsample_padding"]);
  }
  reader.reject_unknown();
  return spec;
}

/// Tiles of a network's images. Throws UserError where the prior has none, or is of something else than its images.
Tiling read_tiles(const YamlReader& reader, const YamlReader& block, const PriorSpec& spec) {
  const PriorKind& kind = find_prior_kind(spec.kind);
  if (!kind.is_network) reader.fail("tiles", fmt::format("are of a network's images, and kind is {}", spec.kind));
  if (spec.autoencoder) reader.fail("tiles", "are of images, and this is a prior of latents (autoencoder)");
  if (spec.kind == "unet" && network_options(spec).noise_map)
    reader.fail("tiles",
                "go with networks that are told one noise level, and this is told one of each pixel (noise_map)");
  const KeyBlock& keys = tile_keys();
  Tiling tiling{block.whole(keys["height"]), block.whole(keys["width"])};
  const ImageShape tile = kind.shape(spec);
  tiling.overlap = block.whole("overlap", keys["overlap"].range, std::min(tile.height, tile.width) / 4);
  block.reject_unknown();
  return tiling;
}

PriorSpec read_block(const YamlReader& reader, const std::filesystem::path& folder) {
  const KeyBlock& keys = prior_keys();
  PriorSpec spec;
  spec.kind = reader.choice(keys["kind"]);
  const PriorKind& kind = find_prior_kind(spec.kind);
  spec.options = read_options(reader, kind, folder);
  if (!kind.file_key.empty()) spec.file = reader.path(keys[kind.file_key], folder).string();
  if (spec.kind == "empirical")
    spec.images = {.name = "prior",
                   .family = {},
                   .path = spec.file,
                   .images = reader.word(keys["images"]),
                   .ids = {},
                   .size = reader.whole(keys["size"]),
                   .channels = reader.whole(keys["channels"])};
  if (spec.kind == "unet" && reader.has(keys["preset"]))
    spec.preset = reader.choice(keys["preset"]);
  else if (spec.kind == "unet" && reader.has(keys["config"]))
    spec.network = read_config(reader, folder);
  else if (spec.kind == "unet")
    spec.network = read_network(reader);
  if (reader.has(keys["autoencoder"])) {
    spec.autoencoder = read_autoencoder(reader.map(keys["autoencoder"]), folder, spec.file);
    leave_unclipped(spec, reader);
  }
  if (reader.has(keys["tiles"])) spec.tiles = read_tiles(reader, reader.map(keys["tiles"]), spec);
  return spec;
}

/// Throws UserError where prior and autoencoder do not fit together.
void require_fitting_latents(const PriorSpec& spec) {
  if (!spec.autoencoder) return;
  const ImageShape prior = find_prior_kind(spec.kind).shape(spec);
  const ImageShape latents = latent_shape(*spec.autoencoder);
  if (prior == latents) return;
  throw UserError("the prior is of {} x {} x {} (channels, height, width), the autoencoder's latents are {} x {} x {}",
                  prior.channels, prior.height, prior.width, latents.channels, latents.height, latents.width);
}

}  // namespace

bool tells_shape(const PriorSpec& spec) {
  const PriorKind& kind = find_prior_kind(spec.kind);
  return (kind.file_key.empty() || !kind.shape_of_file) && !(spec.autoencoder && spec.autoencoder->is_linear());
}

PriorSpec read_prior_block(const YamlReader& reader, const std::filesystem::path& folder) {
  PriorSpec spec = read_block(reader, folder);
  reader.reject_unknown();
  if (!tells_shape(spec)) return spec;  // its file is not read yet
  try {
    static_cast<void>(prior_shape(spec));
    require_fitting_latents(spec);
  } catch (const UserError& error) {
    reader.fail("", error.what());
  }
  return spec;
}

PriorSpec read_prior_file(const std::filesystem::path& file) {
  const YamlReader reader(std::make_shared<const YamlDocument>(load_yaml(file)));
  const std::filesystem::path folder = std::filesystem::absolute(file).parent_path();
  return read_prior_block(reader.has("prior") ? reader.map("prior") : reader, folder);
}

void require_prior_file(const PriorSpec& spec, const std::string& block) {
  if (spec.autoencoder && !spec.is_whole_model())
    require_path(spec.autoencoder->file, fmt::format("{}.autoencoder.weights", block),
                 "the autoencoder's weights as safetensors");
  const PriorKind& kind = find_prior_kind(spec.kind);
  if (kind.file_key.empty()) return;
  require_path(spec.file, fmt::format("{}.{}", block, kind.file_key),
               spec.preset.empty() ? kind.file_content : fmt::format("{}, of {}", kind.file_content, spec.preset));
}

Sampled sampled_by(const PriorSpec& spec) {
  if (!spec.autoencoder) return Sampled::images;
  return spec.autoencoder->is_linear() ? Sampled::latents_of_linear : Sampled::latents;
}

std::string describe_prior(const PriorSpec& spec) {
  constexpr std::size_t longest = 200;  // of an option: a table of betas has thousands of characters
  const PriorKind& kind = find_prior_kind(spec.kind);
  const std::string details = kind.details(spec);
  const OptionValues values(kind.options, spec.options);
  State state = state_of(spec.kind, values);
  if (!kind.describes_defaults)
    for (const OptionSpec& option : kind.options)
      if (values.all().at(option.name) == option.default_value) state.options.erase(option.name);
  std::erase_if(state.options, [](const auto& option) { return option.second.empty(); });
  for (auto& [name, text] : state.options)
    if (text.size() > longest) text = "sha256:" + sha256(text);
  const std::string with_options = to_text(state);
  const std::string itself = details.empty() ? with_options : fmt::format("{} {}", with_options, details);
  if (spec.tiles)
    return fmt::format("{}, of pictures of {} x {} in tiles, overlap {}", itself, spec.tiles->height, spec.tiles->width,
                       spec.tiles->overlap);
  return spec.autoencoder ? fmt::format("{}, of latents of {}", itself, describe(*spec.autoencoder)) : itself;
}

}  // namespace dpsbench
