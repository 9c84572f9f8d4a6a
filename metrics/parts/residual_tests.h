#pragma once
#include "core/tensor.h"
#include "metrics/statistics/correlation.h"
#include "metrics/statistics/kolmogorov_smirnov.h"

namespace dpsbench {

/// Two necessary conditions of a true posterior sampler (paper, Appendix D.1), measured. Images in [-1, 1].

/// Mean squared error of one sample against that of the posterior mean: a true posterior sampler has twice the minimum
/// (Blau & Michaeli 2018).
struct ErrorRatio {
  Tensor sample_error;  ///< [N] of each image's first sample, mean over channels and pixels
  Tensor mean_error;    ///< [N] of the mean of its other S - 1 samples
  double raw = 0;  ///< mean of sample_error / mean of mean_error: the paper's number, 2 / (1 + 1 / (S - 1)) if exact
  double corrected = 0;   ///< raw * (1 + 1 / (S - 1)): without the S - 1 samples' own variance, 2 if exact
  double half_width = 0;  ///< of the corrected ratio's 95 % interval over images, linearised; NaN for one image
};

/// samples: [N, S, ...] independent samples of N posteriors, S >= 2; reference: [N, ...], the true images.
/// Throws Error for other shapes.
ErrorRatio error_ratio(const Tensor& samples, const Tensor& reference);

/// The same from the errors of the images alone, [N] double each: for samples too large to be in memory together.
/// `samples`: S, of each image.
ErrorRatio error_ratio(const Tensor& sample_error, const Tensor& mean_error, std::int64_t samples);

/// The noise that a sample leaves in the measurement, y - A x0: a true posterior sampler's is N(0, sigma_y^2),
/// independent of x0.
struct ResidualTests {
  double deviation = 0;     ///< root mean square of the residual, to compare with sigma_y
  Correlation with_image;   ///< of residual and A x0, entry by entry
  GoodnessOfFit normality;  ///< of the residual against N(0, sigma_y^2)
};

/// residual: y - A x0, sample: A x0 (denoising: x0), of one shape and measured entries only, one sample an image:
/// several of one measurement share its noise, and the p values would not hold. Throws Error for other shapes and
/// unless sigma_y > 0.
ResidualTests residual_tests(const Tensor& residual, const Tensor& sample, double sigma_y);

}  // namespace dpsbench
