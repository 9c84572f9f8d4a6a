#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// The Frechet distance between Gaussians fitted to two sets of features, FID when these are Inception's (Heusel et al.
/// 2017, Eq. 6): |m1 - m2|^2 + tr(C1 + C2 - 2 (C1 C2)^(1/2)), covariances with divisor N - 1. The root's trace is the
/// sum of the roots of the eigenvalues of the symmetric C1^(1/2) C2 C1^(1/2), so few samples (N <= F) do no harm to it.
/// first: [N, F], second: [M, F], N, M >= 2; computed in double on the CPU. Biased upwards by order 1/N: compare equal
/// N only. Throws Error for other shapes.
double frechet_distance(const Tensor& first, const Tensor& second);

}  // namespace dpsbench
