#pragma once
#include <memory>

#include "priors/unet/frozen_convolution.h"
#include "priors/unet/parameters.h"
#include "priors/unet/time_terms.h"

namespace dpsbench {

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

/// A layer of a network with frozen parameters: the gradient of its input only. forward() with a tape keeps on it what
/// backward() takes off again; the gradient may hold several cotangents, [K B, C, H, W].
class FrozenLayer {
 public:
  virtual ~FrozenLayer() = default;
  [[nodiscard]] virtual Tensor forward(const Tensor& x, TimeTerms& time, Tape* tape) const = 0;
  [[nodiscard]] virtual Tensor backward(const Tensor& gradient, Tape& tape) const = 0;
};

/// x times a number; x itself where that is one.
Tensor scaled(const Tensor& x, double scale);

/// x W^T + b, a row at a time: products of matrices choose their order of sums by the number of rows, and an image's
/// numbers must not depend on its batch. x [1 or B, n].
Tensor row_by_row(const Tensor& x, const Tensor& weight, const Tensor& bias);

/// Group normalisation with an affine map of its own or of each image, and SiLU if asked.
class FrozenNorm {
 public:
  FrozenNorm() = default;
  FrozenNorm(const UNetOptions& options, const Tensor& weight, const Tensor& bias, bool silu)
      : affine_{weight.view({1, -1}), bias.view({1, -1})}, groups_(options.groups_of(weight.numel())), silu_(silu) {}

  [[nodiscard]] Tensor forward(const Biased& x, Tape* tape) const { return forward(x, affine_, tape); }
  /// With another affine map than its own.
  [[nodiscard]] Tensor forward(const Biased& x, const NormAffine& affine, Tape* tape) const;
  /// Its own map with the time's scale and shift: weight (1 + scale), bias (1 + scale) + shift; both [1 or B, C].
  [[nodiscard]] NormAffine modulated(const Tensor& scale, const Tensor& shift) const;
  /// Adds `addend` if it is defined. Overwrites `gradient`.
  [[nodiscard]] Tensor backward(Tensor gradient, const Tensor& addend, Tape& tape) const;

 private:
  NormAffine affine_;
  NormGroups groups_;
  bool silu_ = false;
};

/// The layer as the U-Net's structure describes it, its weights taken from `parameters`.
std::unique_ptr<FrozenLayer> frozen_layer(const UNetOptions& options, const UNetLayer& layer,
                                          const UNetParameters& parameters);

}  // namespace dpsbench
