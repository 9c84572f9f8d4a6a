#include "priors/unet/operations.h"

namespace dpsbench {
namespace {

double square(double side) { return side * side; }

/// Multiply-accumulate operations of a transformer with `in` channels: at each pixel 20 products of all channels with
/// all (projections 2, queries, keys, values and output 4 and 2, the gated layer 12), and those of the attentions.
double transformer_operations(const UNetOptions& options, double in, double side) {
  const double pixels = square(side);
  return 20 * square(in) * pixels + 2 * in * pixels * (pixels + static_cast<double>(options.context_tokens));
}

}  // namespace

double operations_of(const UNetLayer& layer, const UNetOptions& options, double side, double after) {
  constexpr double taps = 9;  // of a 3 x 3 convolution
  const auto in = static_cast<double>(layer.in_channels);
  const auto out = static_cast<double>(layer.out_channels);
  switch (layer.kind) {
    case UNetLayer::Kind::residual:
      return (taps * (in + out) * out + (layer.skip_convolution ? in * out : 0)) * square(after);
    case UNetLayer::Kind::attention:
      if (options.context_dim > 0) return transformer_operations(options, in, side);
      return 4 * square(in) * square(side) + 2 * in * square(square(side));
    default:
      return taps * in * out * square(after);
  }
}

double side_after(const UNetLayer& layer, double side) {
  if (layer.kind == UNetLayer::Kind::downsample || halves(layer.resampling)) return side / 2;
  if (layer.kind == UNetLayer::Kind::upsample || doubles(layer.resampling)) return side * 2;
  return side;
}

double unet_operations(const UNetOptions& options) {
  const UNetStructure structure = unet_structure(options);
  double side = static_cast<double>(options.image_size);
  double total = 0;
  const auto walk = [&](const UNetBlock& block) {
    for (const UNetLayer& layer : block) {
      const double after = side_after(layer, side);
      total += operations_of(layer, options, side, after);
      side = after;
    }
  };
  for (const UNetBlock& block : structure.input_blocks) walk(block);
  walk(structure.middle_block);
  for (const UNetBlock& block : structure.output_blocks) walk(block);
  return total;
}

}  // namespace dpsbench
