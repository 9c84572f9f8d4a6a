#pragma once
#include "core/exact_posterior.h"
#include "core/operator.h"

namespace dpsbench {

/// The exact posterior of a batch of measurements y = A x_0 + sigma_y n, y [B, ...], sigma_y > 0. It must not outlive
/// prior and operator. Throws Error for a prior that does not know it.
std::unique_ptr<ExactPosterior> exact_posterior(const Prior& prior, const Operator& op, const Tensor& y,
                                                double sigma_y);

}  // namespace dpsbench
