#pragma once
#include <array>

#include "priors/unet/frozen_layers.h"

namespace dpsbench {

/// The biases of the time's embedding, with what a class adds to them; undefined: the network's own.
using TimeBiases = std::array<Tensor, 2>;

/// The U-Net with frozen parameters, forward and back without an autograd graph: gradients of the input only, several
/// cotangents in one pass, and between the passes only the normalisations' inputs (and q, k, v) are kept.
class FrozenUNet {
 public:
  /// Keeps the parameters' device and number types; all but the first and last layer computes in that of the middle.
  /// Throws UserError when the options do not fit together. The parameters must be complete, as load_unet_parameters
  /// gives them, or with_bfloat16_torso of that.
  FrozenUNet(const UNetOptions& options, const UNetParameters& parameters, Torso torso = Torso::as_the_rest);

  /// As unet_forward: x [B, C, H, W], t [1 or B], or [1 or B, 2] with a noise map -> [B, out_channels, H, W], both in
  /// the type of those two. With a tape (empty), keeps on it what pull_back() needs. Throws Error when x or t do not
  /// fit.
  [[nodiscard]] Tensor forward(const Tensor& x, const Tensor& t, Tape* tape, const TimeBiases& told = {}) const;

  /// The same in two steps, so that what the layers make of a time serves many passes.
  [[nodiscard]] TimeTerms terms_of(const Tensor& t, const TimeBiases& told = {}) const;
  [[nodiscard]] Tensor forward(const Tensor& x, TimeTerms& time, Tape* tape) const;

  /// (d output / d x)^T c for each cotangent c, given for the first channels of the output (the others' is zero):
  /// [B, <= out_channels, H, W] -> [B, C, H, W]. Uses the tape up.
  [[nodiscard]] std::vector<Tensor> pull_back(Tape& tape, const std::vector<Tensor>& cotangents) const;

 private:
  using Block = std::vector<std::unique_ptr<FrozenLayer>>;
  [[nodiscard]] Tensor embedding(const Tensor& t, const TimeBiases& told) const;

  UNetOptions options_;
  bool products_in_tf32_;  ///< on a GPU, all of them
  bool edges_in_tf32_;     ///< those of the first and last layer: with 3 and 6 channels their single precision is slow
  at::ScalarType torso_type_;
  Tensor time_weight_[2];
  Tensor time_bias_[2];
  UNetParameters frequencies_;  ///< of the time's embedding, where they are the network's own
  std::vector<Block> input_blocks_;
  std::map<std::size_t, FrozenConvolution> pyramid_;  ///< by input block
  Block middle_block_;
  std::vector<Block> output_blocks_;
  std::vector<std::int64_t> own_channels_;  ///< of each output block's input, how many come from the block before
  FrozenNorm out_norm_;
  FrozenConvolution out_convolution_;
};

}  // namespace dpsbench
