#include "priors/unet/structure.h"

#include <fmt/format.h>

#include <algorithm>

namespace dpsbench {
namespace {

using Kind = UNetLayer::Kind;

/// Walks down and up the levels as guided-diffusion's constructor does, keeping track of the channels.
class Builder {
 public:
  explicit Builder(const UNetOptions& options) : options_(options) {}

  UNetStructure build() {
    descend();
    structure_.middle_block = {{Kind::residual, "middle_block.0.", channels_, channels_},
                               {Kind::attention, "middle_block.1.", channels_, channels_},
                               {Kind::residual, "middle_block.2.", channels_, channels_}};
    ascend();
    return std::move(structure_);
  }

 private:
  void descend() {
    channels_ = width(0);
    add_input({{Kind::convolution, {}, options_.stem_channels(), channels_}});
    for (std::size_t level = 0; level < options_.channel_mult.size(); ++level) {
      for (std::int64_t i = 0; i < options_.num_res_blocks; ++i) {
        UNetBlock block{{Kind::residual, {}, channels_, width(level)}};
        channels_ = width(level);
        if (has_attention()) block.push_back({Kind::attention, {}, channels_, channels_});
        add_input(std::move(block));
      }
      if (level + 1 == options_.channel_mult.size()) break;
      add_input({resampler(Kind::downsample, Resampling::halve)});
      factor_ *= 2;
    }
  }

  void ascend() {
    for (std::size_t level = options_.channel_mult.size(); level-- > 0;) {
      for (std::int64_t i = 0; i <= options_.num_res_blocks; ++i) {
        UNetBlock block{{Kind::residual, {}, channels_ + kept_.back(), width(level)}};
        kept_.pop_back();
        channels_ = width(level);
        if (has_attention()) block.push_back({Kind::attention, {}, channels_, channels_});
        if (level != 0 && i == options_.num_res_blocks) {
          block.push_back(resampler(Kind::upsample, Resampling::twice));
          factor_ /= 2;
        }
        structure_.output_blocks.push_back(named("output_blocks", structure_.output_blocks.size(), std::move(block)));
      }
    }
  }

  [[nodiscard]] UNetLayer resampler(Kind plain, Resampling resampling) const {
    if (options_.resblock_updown) return {Kind::residual, {}, channels_, channels_, resampling};
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

  void add_input(UNetBlock block) {
    kept_.push_back(block.back().out_channels);
    structure_.input_blocks.push_back(named("input_blocks", structure_.input_blocks.size(), std::move(block)));
  }

  static UNetBlock named(const char* list, std::size_t index, UNetBlock block) {
    for (std::size_t k = 0; k < block.size(); ++k) block[k].prefix = fmt::format("{}.{}.{}.", list, index, k);
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
