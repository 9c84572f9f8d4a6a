#pragma once
#include <memory>
#include <optional>

#include "priors/group_norm.h"
#include "priors/packed_convolution.h"
#include "priors/unet_parameters.h"

namespace dpsbench {

/// How 4-D tensors lie in memory: convolutions are fastest so, on the CPU and on tensor cores, and the normalisation
/// has kernels for it.
inline constexpr at::MemoryFormat frozen_memory_format = at::MemoryFormat::ChannelsLast;

/// What a forward pass keeps for the pass back: a stack, so that going back frees each tensor as it is used.
class Tape {
 public:
  void push(Tensor tensor) { saved_.push_back(std::move(tensor)); }
  Tensor pop() {
    Tensor top = std::move(saved_.back());
    saved_.pop_back();
    return top;
  }
  [[nodiscard]] bool empty() const { return saved_.empty(); }
  /// Bytes held; tensors saved twice count twice.
  [[nodiscard]] std::size_t bytes() const;

 private:
  std::vector<Tensor> saved_;
};

/// bfloat16 as float on the CPU, where its own arithmetic is slow: products are exact then and sums single precision,
/// as on tensor cores, and only what is stored is rounded. Others as they are.
Tensor computable(const Tensor& x);

/// A 2-D convolution with frozen weights, 1x1 or 3x3. The bias may be undefined. All tensors are of the weight's type.
class FrozenConvolution {
 public:
  FrozenConvolution() = default;
  FrozenConvolution(const Tensor& weight, const Tensor& bias, std::int64_t stride = 1);
  /// Adds `addend` if it is defined.
  [[nodiscard]] Tensor forward(const Tensor& x, const Tensor& addend = {}) const;
  /// The gradient of x from that of the output, or from that of its first channels where the others have none.
  [[nodiscard]] Tensor backward(const Tensor& gradient) const;

 private:
  at::ScalarType type_ = at::kFloat;
  Tensor weight_;  ///< computable
  Tensor bias_;
  std::int64_t stride_ = 1;
  bool by_matrix_ = false;                   ///< 1x1: a product of matrices in place
  std::optional<PackedConvolution> packed_;  ///< with stride 1
  std::optional<PackedConvolution> packed_back_;
};

/// A layer of a network with frozen parameters: the gradient of its input only. `embedding` is SiLU of the time's
/// embedding, [1 or B, 4 num_channels]. forward() with a tape keeps on it what backward() takes off again; the gradient
/// may hold several cotangents, [K B, C, H, W].
class FrozenLayer {
 public:
  virtual ~FrozenLayer() = default;
  [[nodiscard]] virtual Tensor forward(const Tensor& x, const Tensor& embedding, Tape* tape) const = 0;
  [[nodiscard]] virtual Tensor backward(const Tensor& gradient, Tape& tape) const = 0;
};

/// Group normalisation with an affine map of its own or of each image, and SiLU if asked.
class FrozenNorm {
 public:
  FrozenNorm() = default;
  FrozenNorm(const Tensor& weight, const Tensor& bias, bool silu)
      : affine_{weight.view({1, -1}), bias.view({1, -1})}, silu_(silu) {}

  [[nodiscard]] Tensor forward(const Tensor& x, Tape* tape) const { return forward(x, affine_, tape); }
  /// With the time's scale and shift: weight (1 + scale), bias (1 + scale) + shift; both [1 or B, C].
  [[nodiscard]] Tensor forward(const Tensor& x, const Tensor& scale, const Tensor& shift, Tape* tape) const;
  /// Adds `addend` if it is defined. Overwrites `gradient`.
  [[nodiscard]] Tensor backward(Tensor gradient, const Tensor& addend, Tape& tape) const;

 private:
  [[nodiscard]] Tensor forward(const Tensor& x, const NormAffine& affine, Tape* tape) const;
  NormAffine affine_;
  bool silu_ = false;
};

/// The layer as the U-Net's structure describes it, its weights taken from `parameters`.
std::unique_ptr<FrozenLayer> frozen_layer(const UNetOptions& options, const UNetLayer& layer,
                                          const UNetParameters& parameters);

}  // namespace dpsbench
