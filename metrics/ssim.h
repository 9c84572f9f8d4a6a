#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// The two factors' means over the window positions, for each image and channel: [B, C] double.
struct SimilarityTerms {
  Tensor ssim;      ///< luminance times contrast and structure
  Tensor contrast;  ///< contrast and structure alone
};

/// Side of the Gaussian window: neither side of an image may be smaller.
inline constexpr std::int64_t ssim_window = 11;

/// Structural similarity (Wang et al. 2004, Eq. 13) of images [B, C, H, W] double in [0, 1], no checks: an 11 x 11
/// Gaussian window of deviation 1.5 at every position where it fits, K1 = 0.01, K2 = 0.03, biased covariances.
SimilarityTerms similarity_terms(const Tensor& sample, const Tensor& reference);

/// Structural similarity of each image as piq 0.8.0 computes it: images of which the shorter side is at least 384 are
/// first averaged over f x f pixels, f = round(shorter side / 256), halves to even; the mean over positions and
/// channels. sample, reference: [B, C, H, W] in [0, 1]. Returns [B] double in [-1, 1]. Throws Error for other ranges or
/// shapes and for images smaller than the window.
Tensor ssim(const Tensor& sample, const Tensor& reference);

}  // namespace dpsbench
