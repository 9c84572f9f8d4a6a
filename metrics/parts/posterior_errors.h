#pragma once
#include "core/tensor.h"

namespace dpsbench {

// How far the S samples of a sampler are from the exact posterior, image by image. samples: [N, S, ...], S >= 2; mean,
// deviation and truth: [N, ...], all in [-1, 1] units. Each returns [N] double; all throw Error for other shapes.

/// The variance that rounding to 8 bits would leave in a pixel, (2 / 255)^2 / 12. Errors and spreads below it count for
/// nothing: a posterior that is one image has a finite scale.
inline constexpr double rounding_variance = 5.126e-6;

/// 10 log10 of the squared error of the samples' mean about the truth, over that of the exact posterior mean, in dB
/// (Bohra et al. 2025, arXiv 2509.12821). The mean of S samples of the exact posterior is itself off by their variance
/// over S; that is taken out, so that they have 0 on average. Both errors have rounding_variance added.
Tensor mmse_gap(const Tensor& samples, const Tensor& mean, const Tensor& truth);

/// The root mean square over pixels of the samples' mean minus `mean`, over that of the posterior's deviation: S exact
/// samples have 1 / sqrt(S).
Tensor mean_error(const Tensor& samples, const Tensor& mean, const Tensor& deviation);

/// The root mean square of the samples' deviation (divisor S - 1) minus the posterior's, over that of the latter: S
/// exact samples of Gaussian pixels have about 1 / sqrt(2 S).
Tensor deviation_error(const Tensor& samples, const Tensor& deviation);

/// The total variation distance, 0 to 1, of the samples' mean shares of the modes [N, S, K] from the posterior's
/// weights [N, K].
Tensor mode_weight_distance(const Tensor& shares, const Tensor& weights);

}  // namespace dpsbench
