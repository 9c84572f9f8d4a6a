#pragma once
#include <optional>

#include "priors/kernels/biased.h"
#include "priors/kernels/packed_convolution.h"

namespace dpsbench {

/// How 4-D tensors lie in memory: convolutions are fastest so, on the CPU and on tensor cores, and the normalisation
/// has kernels for it.
inline constexpr at::MemoryFormat frozen_memory_format = at::MemoryFormat::ChannelsLast;

/// bfloat16 as float on the CPU, where its own arithmetic is slow: products and sums are of single precision then, as
/// tensor cores' sums are, and only what is stored is rounded to eight bits. Others as they are.
Tensor computable(const Tensor& x);

/// Which pixels of its input a convolution answers for: every `stride`-th of both directions; `centred`: those in the
/// middle of its window, zeros all around the image; else those at the window's upper left corner, zeros below and to
/// the right alone.
struct ConvolutionGrid {
  std::int64_t stride = 1;
  bool centred = true;
};

/// A 2-D convolution with frozen weights, 1x1 or 3x3. The bias may be undefined. All tensors are of the weight's type.
class FrozenConvolution {
 public:
  FrozenConvolution() = default;
  FrozenConvolution(const Tensor& weight, const Tensor& bias, const ConvolutionGrid& grid = {});
  /// Adds `addend` if it is defined.
  [[nodiscard]] Tensor forward(const Tensor& x, const Tensor& addend = {}) const;
  /// The same without an addend, the bias left to who reads the images next where that saves a pass over memory.
  [[nodiscard]] Biased forward_biased(const Tensor& x) const;
  /// The gradient of x from that of the output, or from that of its first channels where the others have none.
  [[nodiscard]] Tensor backward(const Tensor& gradient) const;

 private:
  /// Rows of zeros that the image gets below, and columns to the right, where the grid is not centred.
  [[nodiscard]] std::int64_t rows_behind() const { return grid_.centred ? 0 : weight_.size(2) - grid_.stride; }
  /// By LibTorch, with `bias` if it is defined; x is computable.
  [[nodiscard]] Tensor convolved(const Tensor& x, const Tensor& bias) const;
  /// On a device that is not the CPU a library adds a bias in a pass of its own.
  [[nodiscard]] bool may_leave_bias(const Tensor& x) const { return !x.is_cpu() && !by_matrix_ && bias_.defined(); }

  at::ScalarType type_ = at::kFloat;
  Tensor weight_;  ///< computable
  Tensor bias_;
  Tensor wide_bias_;  ///< not rounded to bfloat16's eight bits again, where sums are of single precision
  ConvolutionGrid grid_;
  bool by_matrix_ = false;                   ///< 1x1: a product of matrices in place
  std::optional<PackedConvolution> packed_;  ///< with stride 1
  std::optional<PackedConvolution> packed_back_;
};

}  // namespace dpsbench
