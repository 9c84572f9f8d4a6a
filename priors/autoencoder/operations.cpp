#include "priors/autoencoder/operations.h"

#include "priors/autoencoder/structure.h"
#include "priors/unet/operations.h"

namespace dpsbench {
namespace {

/// Of the layers from feature maps `side` wide on, and of the 3x3 convolution behind them.
double operations_of_half(const AutoencoderOptions& options, const AutoencoderHalf& half, std::int64_t first_side) {
  constexpr double taps = 9;
  auto side = static_cast<double>(first_side);
  double total = 0;
  for (const UNetLayer& layer : half.layers) {
    const double after = side_after(layer, side);
    total += operations_of(layer, layer_options(options), side, after);
    side = after;
  }
  return total + taps * static_cast<double>(half.last_channels() * half.out_channels) * side * side;
}

}  // namespace

CodingOperations coding_operations(const AutoencoderOptions& options) {
  return {operations_of_half(options, encoder_structure(options), options.image_size),
          operations_of_half(options, decoder_structure(options), options.image_size / options.factor())};
}

}  // namespace dpsbench
