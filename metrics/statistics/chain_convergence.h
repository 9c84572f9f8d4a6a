#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// Split R-hat of each number (Gelman et al. 2013, Bayesian Data Analysis, section 11.4): chains [M, N, D], N >= 4
/// draws each, cut in halves -> [D]. 1 where the chains agree with each other and with themselves over time; 1 for
/// numbers that never move. Double.
Tensor split_r_hat(const Tensor& chains);

/// Effective sample size of all chains together, of each number (section 11.5; sums of neighbouring autocorrelations
/// end where they turn negative, Geyer 1992): chains [M, N, D] -> [D], at most M N log10(M N) as Stan has it.
Tensor effective_sample_size(const Tensor& chains);

}  // namespace dpsbench
