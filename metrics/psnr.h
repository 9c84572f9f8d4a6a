#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// Peak signal-to-noise ratio of each image in dB: -10 log10(MSE + 1e-8), the mean taken over channels and pixels; the
/// small term (as in piq 0.8.0) makes 80 dB the most an image can get.
/// sample, reference: [B, C, H, W] in [0, 1]. Returns [B] double. Throws Error for other shapes or ranges.
Tensor psnr(const Tensor& sample, const Tensor& reference);

}  // namespace dpsbench
