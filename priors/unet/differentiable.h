#pragma once
#include "priors/kernels/group_norm.h"

namespace dpsbench {

/// Whether the operations of this file take such x: channels-last floats on the CPU.
bool takes_fused_kernels(const Tensor& x);

/// A convolution [B, C, H, W] * [K, C, n, n] plus bias [K], zeros around, n 1 or 3, differentiable with respect to all
/// three: by the kernels of sampling forwards and for the gradient of x, where they suit; by ATen else. x must be as
/// takes_fused_kernels() says.
Tensor differentiable_convolution(const Tensor& x, const Tensor& weight, const Tensor& bias);

/// Group normalisation, an affine map of each image or of all (scale, shift: [1 or B, C]) and SiLU if asked,
/// differentiable with respect to all three, in one fused pass each way. x likewise, groups as has_norm_kernels() says.
Tensor differentiable_norm(const Tensor& x, const Tensor& scale, const Tensor& shift, bool silu,
                           const NormGroups& groups = {});

}  // namespace dpsbench
