#pragma once
#include "core/tensor.h"
#include "priors/kernels/biased.h"
#include "priors/kernels/group_norm_kernel.h"

namespace dpsbench {

/// Groups of a normalisation's channels, and what is added to their variance.
struct NormGroups {
  std::int64_t count = norm_groups;
  double epsilon = norm_epsilon;
};

/// Group normalisation (Wu & He 2018) with an affine map and, if asked, SiLU, in one pass:
/// y = f(scale (x - mean) / deviation + shift), f(z) = z / (1 + exp(-z)) or z. Forward and the gradient of x, for
/// networks whose parameters are frozen. Channels-last tensors of 32 groups take a fused kernel: of float or double on
/// the CPU, of float or bfloat16 on a GPU; everything else goes through tensor operations. Of x in bfloat16 all but x,
/// y and gradients is float, and what comes between is rounded nowhere.
struct NormAffine {
  Tensor scale;  ///< [1 or B, C]
  Tensor shift;  ///< [1 or B, C]
};

/// What the forward pass found: mean and reciprocal deviation of each image and group, [B, groups].
struct NormStatistics {
  Tensor mean;
  Tensor reciprocal_deviation;
};

/// Whether fused kernels have these groups, of so many channels.
inline bool has_norm_kernels(std::int64_t groups, std::int64_t channels) {
  return groups == norm_groups && channels % norm_groups == 0;
}

/// y from x [B, C, H, W], with C a multiple of the groups, in x's memory format.
std::pair<Tensor, NormStatistics> group_norm_forward(const Biased& x, const NormAffine& affine, bool silu,
                                                     const NormGroups& groups = {});

/// The gradient of x from that of y, for K cotangents at once: gradient [K B, C, H, W] (image b of cotangent k at k B +
/// b) is overwritten by the result, to which `addend` of the same shape is added if it is defined.
void group_norm_backward_(Tensor& gradient, const Biased& x, const NormAffine& affine, const NormStatistics& statistics,
                          bool silu, const Tensor& addend);

/// The same for one cotangent, and the gradients of the affine map, [1 or B, C] as it is itself: for training. x and
/// gradient must be channels-last float or double on the CPU, groups such as has_norm_kernels() says.
NormAffine group_norm_backward_with_affine_(Tensor& gradient, const Tensor& x, const NormAffine& affine,
                                            const NormStatistics& statistics, bool silu);

namespace tensor_operations {  ///< The same by ATen's operations, for any device and memory format.
std::pair<Tensor, NormStatistics> group_norm_forward(const Tensor& x, const NormAffine& affine, bool silu,
                                                     const NormGroups& groups = {});
void group_norm_backward_(Tensor& gradient, const Tensor& x, const NormAffine& affine, const NormStatistics& statistics,
                          bool silu, const Tensor& addend);
}  // namespace tensor_operations

}  // namespace dpsbench
