#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// How often the truth lies in the central credible interval of its posterior samples: for each problem the share of
/// coordinates whose true value is between the (1 - level) / 2 and (1 + level) / 2 quantiles of the S samples. The
/// quantile p has the rank p (S + 1), interpolated where that is not whole: where it is, samples of the true posterior
/// give `level` on average whatever S is. Where the truth equals samples, as it does of posteriors that are one or few
/// images, its rank is drawn among its equals and its place within the rank too (a randomised rank: counter-based noise
/// keyed by the truth, the same for every method and in every batch): samples of the true posterior give `level` then
/// too, whatever S.
/// samples: [N, S, ...], truth: [N, ...]; 0 < level < 1. Returns [N] double. Throws Error for other shapes and when S
/// is too small for the level, (1 - level) / 2 * (S + 1) < 1.
Tensor central_coverage(const Tensor& samples, const Tensor& truth, double level);

}  // namespace dpsbench
