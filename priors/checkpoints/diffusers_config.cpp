#include "priors/checkpoints/diffusers_config.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "core/error.h"
#include "core/files/text.h"

namespace dpsbench {
namespace {

using Json = nlohmann::json;

/// One config.json, key by key.
class Config {
 public:
  Config(const std::string& text, std::string file) : file_(std::move(file)) {
    json_ = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!json_.is_object()) throw DataError("{}: no JSON object, as diffusers writes a model's config.json", file_);
  }

  [[nodiscard]] bool is_null(const char* key) const { return !json_.contains(key) || json_.at(key).is_null(); }

  template <typename T>
  [[nodiscard]] T of(const char* key, const T& otherwise) const {
    if (is_null(key)) return otherwise;
    try {
      return json_.at(key).get<T>();
    } catch (const Json::exception&) {
      fail(key, "a value of another kind");
    }
  }

  template <typename T>
  [[nodiscard]] T of(const char* key) const {
    if (is_null(key)) throw DataError("{}: it has no '{}'", file_, key);
    return of<T>(key, T{});
  }

  /// What there is no option for must be as it is here.
  template <typename T>
  void require(const char* key, const T& only) const {
    if (of<T>(key, only) != only) fail(key, Json(only).dump());
  }
  void require_none(const char* key) const {
    if (!is_null(key)) fail(key, "null");
  }

  [[noreturn]] void fail(const char* key, const std::string& allowed) const {
    throw DataError("{}: {} is {}; allowed: {}", file_, key, json_.at(key).dump(), allowed);
  }

 private:
  std::string file_;
  Json json_;
};

void require_what_is_here(const Config& config) {
  config.require<std::string>("_class_name", "UNet2DModel");
  config.require<std::string>("act_fn", "silu");
  config.require<std::string>("time_embedding_type", "positional");
  config.require<std::string>("downsample_type", "conv");
  config.require<std::string>("upsample_type", "conv");
  config.require("center_input_sample", false);
  config.require("add_attention", true);
  config.require("mid_block_scale_factor", 1.0);
  for (const char* key : {"class_embed_type", "num_class_embeds", "attn_norm_num_groups"}) config.require_none(key);
}

/// What, times b and rounded down, is a.
double ratio(std::int64_t a, std::int64_t b) {
  const double quotient = static_cast<double>(a) / static_cast<double>(b);
  return quotient * static_cast<double>(b) < static_cast<double>(a) ? std::nextafter(quotient, 2 * quotient) : quotient;
}

/// The levels whose blocks attend; the way up must mirror the way down.
std::vector<std::size_t> attending_levels(const Config& config, std::size_t levels) {
  const auto down = config.of<std::vector<std::string>>("down_block_types");
  const auto up = config.of<std::vector<std::string>>("up_block_types");
  if (down.size() != levels) config.fail("down_block_types", fmt::format("one for each of {} levels", levels));
  if (up.size() != levels) config.fail("up_block_types", fmt::format("one for each of {} levels", levels));
  std::vector<std::size_t> attending;
  for (std::size_t level = 0; level < levels; ++level) {
    const bool attends = down[level] == "AttnDownBlock2D";
    if (!attends && down[level] != "DownBlock2D") config.fail("down_block_types", "DownBlock2D, AttnDownBlock2D");
    if (up[levels - 1 - level] != (attends ? "AttnUpBlock2D" : "UpBlock2D"))
      config.fail("up_block_types", "UpBlock2D and AttnUpBlock2D, mirroring down_block_types");
    if (attends) attending.push_back(level);
  }
  return attending;
}

}  // namespace

UNetOptions diffusers_options(const std::string& file) { return diffusers_options(read_text(file), file); }

UNetOptions diffusers_options(const std::string& text, const std::string& file) {
  const Config config(text, file);
  require_what_is_here(config);
  UNetOptions options;
  options.image_size = config.of<std::int64_t>("sample_size");
  options.in_channels = config.of<std::int64_t>("in_channels", 3);
  const auto widths = config.of<std::vector<std::int64_t>>("block_out_channels");
  if (widths.empty() || widths[0] < 1) config.fail("block_out_channels", "the levels' channels, 1 or more");
  options.num_channels = widths[0];
  options.num_res_blocks = config.of<std::int64_t>("layers_per_block", 2);
  for (const std::int64_t width : widths) options.channel_mult.push_back(ratio(width, widths[0]));
  for (const std::size_t level : attending_levels(config, widths.size()))
    options.attention_resolutions.push_back(options.image_size >> level);
  options.num_heads = 1;
  options.num_head_channels = config.of<std::int64_t>("attention_head_dim", -1);
  const auto time = config.of<std::string>("resnet_time_scale_shift", "default");
  if (time != "default" && time != "scale_shift")
    config.fail("resnet_time_scale_shift", "\"default\", \"scale_shift\"");
  options.use_scale_shift_norm = time == "scale_shift";
  options.resblock_updown = false;
  const auto out_channels = config.of<std::int64_t>("out_channels", options.in_channels);
  options.learn_sigma = out_channels == 2 * options.in_channels;
  if (out_channels != options.out_channels()) config.fail("out_channels", "in_channels or twice as many");
  options.norm_num_groups = config.of<std::int64_t>("norm_num_groups", 32);
  options.norm_eps = config.of<double>("norm_eps", 1e-5);
  options.sin_first = !config.of<bool>("flip_sin_to_cos", true);
  options.freq_shift = config.of<std::int64_t>("freq_shift", 0);
  options.downsample_padding = config.of<std::int64_t>("downsample_padding", 1);
  try {
    return checked(options);
  } catch (const UserError& error) {
    throw DataError("{}: {}", file, error.what());
  }
}

}  // namespace dpsbench
