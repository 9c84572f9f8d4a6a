#include "priors/unet/structure.h"

#include <fmt/format.h>

#include <algorithm>

namespace dpsbench {
namespace {

using Kind = UNetLayer::Kind;
using Part = UNetPlace::Part;

/// Walks down and up the levels as guided-diffusion's constructor does, keeping track of the channels.
class Builder {
 public:
  explicit Builder(const UNetOptions& options) : options_(options) {}

  UNetStructure build() {
    descend();
    const auto coarsest = static_cast<std::int64_t>(options_.channel_mult.size()) - 1;
    for (const std::int64_t k : {0, 1, 2})
      structure_.middle_block.push_back({.kind = k == 1 ? Kind::attention : Kind::residual,
                                         .prefix = fmt::format("middle_block.{}.", k),
                                         .in_channels = channels_,
                                         .out_channels = channels_,
                                         .place = {Part::middle, coarsest, k}});
    ascend();
    return std::move(structure_);
  }

 private:
  void descend() {
    channels_ = options_.stem_unmultiplied ? options_.num_channels : width(0);
    std::int64_t pyramid_channels = options_.stem_channels();
    add_input({{Kind::convolution, {}, options_.stem_channels(), channels_}}, 0, 0);
    for (std::size_t level = 0; level < options_.channel_mult.size(); ++level) {
      for (std::int64_t i = 0; i < options_.num_res_blocks; ++i) {
        UNetBlock block{{Kind::residual, {}, channels_, width(level)}};
        channels_ = width(level);
        if (has_attention()) block.push_back({Kind::attention, {}, channels_, channels_});
        add_input(std::move(block), level, i);
      }
      if (level + 1 == options_.channel_mult.size()) break;
      add_input({resampler(Kind::downsample, Resampling::halve)}, level, options_.num_res_blocks);
      if (options_.input_pyramid) {
        UNetLayer& joining = structure_.pyramid[structure_.input_blocks.size() - 1];
        joining = {.kind = Kind::convolution,
                   .prefix = fmt::format("input_pyramid.{}.", level),
                   .in_channels = pyramid_channels,
                   .out_channels = channels_,
                   .place = structure_.input_blocks.back().back().place};
        pyramid_channels = channels_;
      }
      factor_ *= 2;
    }
  }

  void ascend() {
    for (std::size_t level = options_.channel_mult.size(); level-- > 0;) {
      for (std::int64_t i = 0; i <= options_.num_res_blocks; ++i) {
        UNetBlock block{{Kind::residual, {}, channels_ + kept_.back(), width(level)}};
        kept_.pop_back();
        channels_ = width(level);
        const bool attends = has_attention() && (!options_.attention_last || i == options_.num_res_blocks);
        if (attends) block.push_back({Kind::attention, {}, channels_, channels_});
        if (level != 0 && i == options_.num_res_blocks) {
          block.push_back(resampler(Kind::upsample, Resampling::twice));
          factor_ /= 2;
        }
        structure_.output_blocks.push_back(named("output_blocks", structure_.output_blocks.size(), std::move(block),
                                                 {Part::up, static_cast<std::int64_t>(level), i}));
      }
    }
  }

  [[nodiscard]] UNetLayer resampler(Kind plain, Resampling resampling) const {
    if (options_.resblock_updown) {
      const bool down = resampling == Resampling::halve;
      if (options_.smooth_resampling) resampling = down ? Resampling::smooth_halve : Resampling::smooth_twice;
      return {Kind::residual, {}, channels_, channels_, resampling};
    }
    return {plain, {}, channels_, channels_};
  }

  [[nodiscard]] std::int64_t width(std::size_t level) const {
    return static_cast<std::int64_t>(options_.channel_mult[level] * static_cast<double>(options_.num_channels));
  }

  [[nodiscard]] bool has_attention() const {
    const auto& sizes = options_.attention_resolutions;
    return std::any_of(sizes.begin(), sizes.end(),
                       [&](std::int64_t size) { return options_.image_size / size == factor_; });
  }

  void add_input(UNetBlock block, std::size_t level, std::int64_t index) {
    kept_.push_back(block.back().out_channels);
    structure_.input_blocks.push_back(named("input_blocks", structure_.input_blocks.size(), std::move(block),
                                            {Part::down, static_cast<std::int64_t>(level), index}));
  }

  [[nodiscard]] UNetBlock named(const char* list, std::size_t index, UNetBlock block, const UNetPlace& place) const {
    for (std::size_t k = 0; k < block.size(); ++k) {
      block[k].prefix = fmt::format("{}.{}.{}.", list, index, k);
      block[k].place = place;
      block[k].skip_convolution =
          block[k].kind == Kind::residual && (block[k].in_channels != block[k].out_channels ||
                                              (options_.resample_proj && block[k].resampling != Resampling::none));
    }
    return block;
  }

  const UNetOptions& options_;
  UNetStructure structure_;
  std::vector<std::int64_t> kept_;  ///< channels of the outputs of the input blocks
  std::int64_t channels_ = 0;
  std::int64_t factor_ = 1;  ///< image size over feature map size
};

}  // namespace

UNetStructure unet_structure(const UNetOptions& options) { return Builder(checked(options)).build(); }

std::int64_t attention_heads(const UNetOptions& options, std::int64_t channels) {
  return options.num_head_channels == -1 ? options.num_heads : channels / options.num_head_channels;
}

}  // namespace dpsbench
