#pragma once
#include <map>

#include "priors/unet/options.h"
#include "priors/unet/resampling.h"

namespace dpsbench {

/// Where a layer stands: on which way, at which level (0 the finest; of what changes the size, the level it starts
/// from), and in which of the blocks there.
struct UNetPlace {
  enum class Part { down, middle, up };
  Part part = Part::down;
  std::int64_t level = 0;
  std::int64_t index = 0;
};

/// One layer of the U-Net: what it is, the prefix of its parameters' names, its channels.
struct UNetLayer {
  enum class Kind {
    convolution,  ///< 3x3; the stem
    residual,     ///< residual block, told the time
    attention,    ///< self-attention over the pixels
    downsample,   ///< 3x3 convolution with stride 2
    upsample,     ///< nearest neighbour twice the size, then 3x3 convolution
  };
  Kind kind;
  std::string prefix;  ///< "input_blocks.3.0."
  std::int64_t in_channels;
  std::int64_t out_channels;
  Resampling resampling = Resampling::none;  ///< of a residual block
  bool skip_convolution = false;             ///< 1x1, round a residual block
  bool told_time = true;                     ///< of a residual block; autoencoders' are not
  UNetPlace place = {};
};

using UNetBlock = std::vector<UNetLayer>;

/// The U-Net as lists of layers. The output of input block k is kept, and joins the input of output block n - 1 - k.
struct UNetStructure {
  std::vector<UNetBlock> input_blocks;
  UNetBlock middle_block;
  std::vector<UNetBlock> output_blocks;
  /// With an input pyramid, by input block: the convolution, zeros two wide around the image, whose result, smoothly
  /// halved, joins what comes out of that block; of the image first, then of what came out there.
  std::map<std::size_t, UNetLayer> pyramid;

  /// Channels of what the last layer normalises.
  [[nodiscard]] std::int64_t last_channels() const { return output_blocks.back().back().out_channels; }
};

/// The layers in guided-diffusion's order of construction. Throws UserError as checked() does.
UNetStructure unet_structure(const UNetOptions& options);

/// Attention heads of a layer with that many channels.
std::int64_t attention_heads(const UNetOptions& options, std::int64_t channels);

}  // namespace dpsbench
