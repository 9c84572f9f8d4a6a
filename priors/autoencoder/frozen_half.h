#pragma once
#include <memory>
#include <vector>

#include "priors/autoencoder/structure.h"
#include "priors/unet/frozen_layers.h"

namespace dpsbench {

/// Half an autoencoder with frozen parameters, forward and back without an autograd graph.
class FrozenHalf {
 public:
  FrozenHalf(const AutoencoderOptions& options, const AutoencoderHalf& half, const UNetParameters& parameters);

  /// [B, C, H, W]. With a tape, keeps on it what backward() takes off again.
  [[nodiscard]] Tensor forward(const Tensor& x, Tape* tape) const;

  /// The gradient of x from those of the output, [K B, C, H, W].
  [[nodiscard]] Tensor backward(const Tensor& gradient, Tape& tape) const;

 private:
  std::vector<std::unique_ptr<FrozenLayer>> layers_;
  FrozenNorm out_norm_;
  FrozenConvolution out_convolution_;
};

}  // namespace dpsbench
