#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// The squared maximum mean discrepancy of two samples, the unbiased estimate (Gretton et al. 2012, Eq. 3): its mean is
/// 0 for samples of one law, so it may be negative. first: [N, D], second: [M, D], N, M >= 2; computed in double, in
/// blocks of rows. Throw Error for other shapes.

/// With the Gaussian kernel exp(-|x - y|^2 / (2 bandwidth^2)), bandwidth > 0.
double gaussian_mmd2(const Tensor& first, const Tensor& second, double bandwidth);

/// With the polynomial kernel (x . y / D + 1)^3: the kernel distance KID of Inception features (Binkowski et al. 2018),
/// over the whole sets instead of random subsets.
double kernel_distance(const Tensor& first, const Tensor& second);

/// The usual bandwidth, fixed once from a reference sample for all that is compared with it: the median distance of two
/// of its points (Gretton et al. 2012, section 8). points: [N, D], N >= 2; of more than 2000 points 2000 evenly spread
/// ones are taken. Throws Error for other shapes, NumericError when the median is 0.
double median_distance(const Tensor& points);

}  // namespace dpsbench
