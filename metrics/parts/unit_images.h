#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// Images in [-1, 1] as the metrics take them: (x + 1) / 2, clamped to [0, 1], double. Any shape.
Tensor to_unit_range(const Tensor& images);

/// Checks what every pairwise metric asks: two batches [B, C, H, W] of one shape with values in [0, 1].
/// Throws Error saying which of these fails.
void check_unit_images(const Tensor& sample, const Tensor& reference);

}  // namespace dpsbench
