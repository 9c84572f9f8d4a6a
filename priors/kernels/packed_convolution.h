#pragma once
#include <memory>

#include "core/tensor.h"

namespace dpsbench {

/// A 1x1 or 3x3 convolution with frozen weights (stride 1, zeros around the image) on the CPU, for channels-last float
/// tensors: its filters are put once into the order, and for 3x3 into the transform, that the kernel of
/// priors/kernels/convolution_kernel.h reads. An image's numbers do not depend on the images beside it, on threads, or
/// on the instruction set.
class PackedConvolution {
 public:
  enum class Direction { forward, adjoint };

  /// weight: [K, C, n, n], any. The adjoint is the convolution that takes a gradient of the output [B, K, H, W] to that
  /// of the input. Filters are packed at the first call: a network may be of another kind, or its gradients never asked
  /// for. Those of 3x3 become four times as large as the weight.
  PackedConvolution(const Tensor& weight, Direction direction);

  /// Whether it is to be used for an input: where it can be, and where filters, which each pass reads once, are small
  /// beside the work on one image.
  [[nodiscard]] bool suits(const Tensor& x) const;

  /// [B, C, H, W] -> [B, K, H, W], plus the bias [K] and the addend, of the result's shape and layout, where defined.
  [[nodiscard]] Tensor operator()(const Tensor& x, const Tensor& bias, const Tensor& addend) const;

 private:
  struct Filters;
  Tensor weight_;
  Direction direction_;
  std::int64_t in_;
  std::int64_t out_;
  std::shared_ptr<Filters> filters_;
};

}  // namespace dpsbench
