#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// The squared kernel Stein discrepancy of samples from the law whose score they come with, the unbiased estimate (Liu,
/// Lee & Jordan 2016, Eq. 14) with the inverse multiquadric kernel (1 + |x - y|^2 / width^2)^(-1/2): its mean is 0 for
/// independent samples of that law, so it may be negative. In units of what samples that are all one mode would have,
/// D / width^2 (their term of the kernel alone). samples, scores: [S, D], S >= 2; width > 0, of no sample's choosing.
/// Throws Error for other shapes.
double stein_discrepancy(const Tensor& samples, const Tensor& scores, double width);

}  // namespace dpsbench
