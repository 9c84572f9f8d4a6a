#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// The hidden pixels of each image interpolated between the seen ones, which stay as they are: every hidden pixel is
/// the mean of its neighbours above, below, left and right (those beyond the edge are left out), the discrete Laplace
/// equation. On a signal, an image of height 1, that is linear interpolation, constant beyond the outermost seen
/// places. It has one solution, however the pixels lie, and is found by conjugate gradients in double, to a relative
/// residual of 1e-8, each image on its own. `images` [B, C, H, W]; `mask` [B, 1, H, W] or [1, 1, H, W], 1 where seen.
/// An image without a seen pixel becomes 0. Throws NumericError after 10,000 steps.
Tensor harmonic_interpolation(const Tensor& images, const Tensor& mask);

}  // namespace dpsbench
