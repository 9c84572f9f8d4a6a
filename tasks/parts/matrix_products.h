#pragma once
#include "core/tensor.h"

namespace dpsbench {

// Products of small matrices with a batch of images. Each image and channel is a product of its own, so that the
// batch's size does not change how a product is summed.

/// left X right^T of every channel X: [B, C, H, W] with left [h, H], right [w, W] -> [B, C, h, w].
Tensor on_axes(const Tensor& left, const Tensor& x, const Tensor& right);

/// matrix [D, C] on the channels of every pixel: [B, C, H, W] -> [B, D, H, W].
Tensor on_channels(const Tensor& matrix, const Tensor& x);

/// The orthonormal DCT-II [n, n], double on the CPU: entry (k, i) = sqrt(2 / n) cos(pi k (2 i + 1) / (2 n)), row 0
/// divided by sqrt(2).
Tensor cosine_matrix(std::int64_t n);

}  // namespace dpsbench
