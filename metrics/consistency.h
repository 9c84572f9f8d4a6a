#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// How well a sample explains its measurement: ||A x - y|| / (sigma_y sqrt(m)) over the m measured entries. The true
/// image and any sample of the true posterior have 1, up to 1 / sqrt(2 m); less is overfitting the noise.
/// residual: A x - y, [B, ...] in [-1, 1] units; measured: 1 where y was measured, 0 elsewhere, broadcast to
/// `residual`; undefined: everywhere. Returns [B] double; NaN for an image of which nothing was measured. Throws
/// UserError unless sigma_y > 0.
Tensor consistency(const Tensor& residual, const Tensor& measured, double sigma_y);

}  // namespace dpsbench
