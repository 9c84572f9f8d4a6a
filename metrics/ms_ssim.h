#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// The smallest side multi-scale SSIM takes: its window must still fit after four halvings.
inline constexpr std::int64_t ms_ssim_least_side = 161;

/// Multi-scale structural similarity of each image (Wang et al. 2003, Eq. 7) as piq 0.8.0 computes it: five scales with
/// weights 0.0448, 0.2856, 0.3001, 0.2363, 0.1333, negative factors taken as 0, the product formed for each channel and
/// then averaged over channels.
/// sample, reference: [B, C, H, W] in [0, 1]. Returns [B] double in [0, 1]. Throws Error for other ranges or shapes and
/// for images smaller than ms_ssim_least_side.
Tensor ms_ssim(const Tensor& sample, const Tensor& reference);

}  // namespace dpsbench
