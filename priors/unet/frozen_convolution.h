#pragma once
#include <optional>

#include "priors/kernels/packed_convolution.h"

namespace dpsbench {

/// How 4-D tensors lie in memory: convolutions are fastest so, on the CPU and on tensor cores, and the normalisation
/// has kernels for it.
inline constexpr at::MemoryFormat frozen_memory_format = at::MemoryFormat::ChannelsLast;

/// bfloat16 as float on the CPU, where its own arithmetic is slow: products and sums are of single precision then, as
/// tensor cores' sums are, and only what is stored is rounded to eight bits. Others as they are.
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

}  // namespace dpsbench
