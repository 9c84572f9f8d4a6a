#include "runner/prior_block.h"

#include "core/error.h"
#include "priors/gaussian_mixture_file.h"
#include "priors/generated_prior.h"
#include "runner/input_path.h"

namespace dpsbench {
namespace {

/// "1,1,2", or the list [1, 1, 2].
std::string joined(const YamlReader& reader, const std::string& key) {
  return fmt::format("{}", fmt::join(reader.words(key), ","));
}

UNetOptions read_network(const YamlReader& reader) {
  UNetOptions options;
  options.image_size = reader.whole("image_size", {1, 4096});
  options.in_channels = reader.whole("in_channels", {1, 16}, options.in_channels);
  options.num_channels = reader.whole("num_channels", {1, 4096});
  options.num_res_blocks = reader.whole("num_res_blocks", {1, 64});
  if (reader.has("channel_mult")) options.channel_mult = parse_channel_mult(joined(reader, "channel_mult"));
  if (reader.has("attention_resolutions"))
    options.attention_resolutions = parse_attention_resolutions(joined(reader, "attention_resolutions"));
  options.num_heads = reader.whole("num_heads", {1, 256}, options.num_heads);
  options.num_head_channels = reader.whole("num_head_channels", {-1, 4096}, options.num_head_channels);
  options.use_scale_shift_norm = reader.flag("use_scale_shift_norm", options.use_scale_shift_norm);
  options.resblock_updown = reader.flag("resblock_updown", options.resblock_updown);
  options.use_new_attention_order = reader.flag("use_new_attention_order", options.use_new_attention_order);
  options.learn_sigma = reader.flag("learn_sigma", options.learn_sigma);
  return options;
}

/// Options of a prior that has no file, complete.
std::map<std::string, OptionValue> read_generated(const YamlReader& reader, const GeneratedPrior& prior) {
  std::map<std::string, OptionValue> given;
  for (const OptionSpec& option : prior.options) {
    if (!reader.has(option.name)) continue;
    const std::vector<OptionValue> values = reader.options(option.name, option);
    if (values.size() > 1) reader.fail(option.name, "a prior has one value of it, not a list");
    given[option.name] = values.front();
  }
  const OptionValues options(prior.options, given);
  try {
    (void)prior.shape(options);
  } catch (const UserError& error) {
    reader.fail("", error.what());
  }
  return options.all();
}

PriorSpec read_block(const YamlReader& reader, const std::filesystem::path& folder) {
  PriorSpec spec;
  spec.kind = reader.choice("kind", prior_kinds(), "unet");
  if (const GeneratedPrior* generated = find_generated_prior(spec.kind)) {
    spec.options = read_generated(reader, *generated);
    return spec;
  }
  if (spec.kind == "gaussian_mixture") {
    spec.file = input_path(reader.word("file"), folder).string();
    return spec;
  }
  if (spec.kind == "empirical") {
    const std::filesystem::path file = input_path(reader.word("file"), folder);
    spec.file = file.string();
    spec.images = {.name = "prior",
                   .path = file,
                   .images = reader.word("images", ""),
                   .ids = {},
                   .size = reader.whole("size", {0, 4096}, 0),
                   .channels = reader.whole("channels", {1, 3}, 3)};
    return spec;
  }
  if (reader.has("preset"))
    spec.preset = reader.choice("preset", unet_preset_names(), "");
  else
    spec.network = read_network(reader);
  spec.file = input_path(reader.word("weights"), folder).string();
  return spec;
}

}  // namespace

PriorSpec read_prior_block(const YamlReader& reader, const std::filesystem::path& folder) {
  PriorSpec spec = read_block(reader, folder);
  reader.reject_unknown();
  if (spec.kind != "unet") return spec;
  try {
    static_cast<void>(network_options(spec));
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
  if (find_generated_prior(spec.kind) != nullptr) return;
  if (spec.kind == "gaussian_mixture")
    require_path(spec.file, block + ".file", "the mixture (safetensors: log_weights, means, covariances)");
  else if (spec.kind == "empirical")
    require_path(spec.file, block + ".file", "the images of the empirical prior (an idx or HDF5 file)");
  else
    require_path(
        spec.file, block + ".weights",
        fmt::format("the network's weights{} as safetensors", spec.preset.empty() ? "" : " of " + spec.preset));
}

std::string describe_prior(const PriorSpec& spec) {
  if (spec.kind == "empirical")
    return fmt::format("empirical images={} size={} channels={}",
                       spec.images.images.empty() ? "all" : spec.images.images, spec.images.size, spec.images.channels);
  if (spec.kind != "unet") {
    std::string text = spec.kind;
    for (const auto& [name, value] : spec.options) text += fmt::format(" {}={}", name, to_text(value));
    return text;
  }
  const UNetOptions options = network_options(spec);
  return fmt::format(
      "unet image_size={} in_channels={} num_channels={} num_res_blocks={} channel_mult={} attention_resolutions={} "
      "num_heads={} num_head_channels={} use_scale_shift_norm={} resblock_updown={} use_new_attention_order={} "
      "learn_sigma={}",
      options.image_size, options.in_channels, options.num_channels, options.num_res_blocks,
      fmt::join(options.channel_mult, ","), fmt::join(options.attention_resolutions, ","), options.num_heads,
      options.num_head_channels, options.use_scale_shift_norm, options.resblock_updown, options.use_new_attention_order,
      options.learn_sigma);
}

ImageShape prior_shape(const PriorSpec& spec) {
  if (const GeneratedPrior* generated = find_generated_prior(spec.kind))
    return generated->shape(OptionValues(generated->options, spec.options));
  if (spec.kind == "empirical") return Dataset::open(spec.images).shape();
  return spec.kind == "unet" ? network_options(spec).shape() : load_gaussian_mixture(SafetensorsFile(spec.file)).shape;
}

}  // namespace dpsbench
