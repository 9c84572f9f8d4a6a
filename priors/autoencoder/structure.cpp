#include "priors/autoencoder/structure.h"

#include <fmt/format.h>

#include <algorithm>

namespace dpsbench {
namespace {

using Kind = UNetLayer::Kind;
using Part = UNetPlace::Part;

/// Adds layers one behind the other.
class HalfBuilder {
 public:
  HalfBuilder(const AutoencoderOptions& options, std::int64_t in_channels)
      : options_(options), channels_(in_channels) {}

  void convolve(std::int64_t out_channels) { add(Kind::convolution, "in.", out_channels, {}); }

  void pass_middle() {
    const std::int64_t coarsest = levels() - 1;
    for (const std::int64_t k : {0, 1, 2})
      if (k != 1 || options_.mid_attention)
        add(k == 1 ? Kind::attention : Kind::residual, fmt::format("middle.{}.", k), channels_,
            {Part::middle, coarsest, k});
  }

  /// Residual blocks to the level's width, then what changes the size where there is another level.
  void pass_level(Part part, std::int64_t level, std::int64_t blocks) {
    const bool down = part == Part::down;
    const char* way = down ? "down" : "up";
    for (std::int64_t i = 0; i < blocks; ++i)
      add(Kind::residual, fmt::format("{}.{}.{}.", way, level, i), width(level), {part, level, i});
    if (level != (down ? levels() - 1 : 0))
      add(down ? Kind::downsample : Kind::upsample, fmt::format("{}.{}.size.", way, level), channels_,
          {part, level, blocks});
  }

  [[nodiscard]] AutoencoderHalf ending_with(std::int64_t out_channels) {
    half_.out_channels = out_channels;
    return std::move(half_);
  }

  [[nodiscard]] std::int64_t levels() const { return static_cast<std::int64_t>(options_.channel_mult.size()); }
  [[nodiscard]] std::int64_t width(std::int64_t level) const {
    return static_cast<std::int64_t>(options_.channel_mult[static_cast<std::size_t>(level)] *
                                     static_cast<double>(options_.num_channels));
  }

 private:
  void add(Kind kind, std::string prefix, std::int64_t out_channels, const UNetPlace& place) {
    half_.layers.push_back({.kind = kind,
                            .prefix = std::move(prefix),
                            .in_channels = channels_,
                            .out_channels = out_channels,
                            .skip_convolution = kind == Kind::residual && channels_ != out_channels,
                            .told_time = false,
                            .place = place});
    channels_ = out_channels;
  }

  const AutoencoderOptions& options_;
  AutoencoderHalf half_;
  std::int64_t channels_;
};

}  // namespace

AutoencoderHalf encoder_structure(const AutoencoderOptions& options) {
  HalfBuilder builder(options, options.in_channels);
  builder.convolve(options.num_channels);
  for (std::int64_t level = 0; level < builder.levels(); ++level)
    builder.pass_level(Part::down, level, options.num_res_blocks);
  builder.pass_middle();
  return builder.ending_with(options.moment_channels());
}

AutoencoderHalf decoder_structure(const AutoencoderOptions& options) {
  HalfBuilder builder(options, options.latent_channels);
  builder.convolve(builder.width(builder.levels() - 1));
  builder.pass_middle();
  for (std::int64_t level = builder.levels(); level-- > 0;)
    builder.pass_level(Part::up, level, options.num_res_blocks + 1);
  return builder.ending_with(options.in_channels);
}

UNetOptions layer_options(const AutoencoderOptions& options) {
  UNetOptions layers;
  layers.image_size = options.image_size;
  layers.in_channels = options.in_channels;
  layers.num_channels = options.num_channels;
  layers.channel_mult = options.channel_mult;
  layers.num_res_blocks = options.num_res_blocks;
  layers.num_heads = 1;
  layers.resblock_updown = false;
  layers.learn_sigma = false;
  layers.norm_num_groups = options.norm_num_groups;
  layers.norm_eps = options.norm_eps;
  layers.downsample_padding = options.downsample_padding;
  return layers;
}

std::vector<ParameterSpec> half_parameters(const AutoencoderOptions& options, const AutoencoderHalf& half) {
  std::vector<ParameterSpec> specs;
  for (const UNetLayer& layer : half.layers)
    std::ranges::move(layer_parameters(layer_options(options), layer), std::back_inserter(specs));
  const std::int64_t last = half.last_channels();
  for (const char* name : {"out.0.weight", "out.0.bias"}) specs.push_back({name, {last}});
  specs.push_back({"out.2.weight", {half.out_channels, last, 3, 3}});
  specs.push_back({"out.2.bias", {half.out_channels}});
  return specs;
}

}  // namespace dpsbench
