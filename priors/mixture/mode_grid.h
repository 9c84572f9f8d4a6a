#pragma once
#include "priors/mixture/mixture.h"

namespace dpsbench {

/// 25 Gaussians on a grid: means (-spacing i, -spacing j) for i, j = -2 .. 2, repeated D / 2 times, all of covariance
/// deviation^2 I (MCG-Diff, arXiv 2308.07983; TMPD, arXiv 2310.06721).
struct ModeGrid {
  std::int64_t dimension = 8;  ///< D, even
  double spacing = 8;
  double deviation = 1;       ///< > 0
  bool equal_weights = true;  ///< else the squares of 25 normal numbers, normalised, always the same ones

  /// As a mixture of rank 1 with its variance in all directions, so that nothing about it costs more than D.
  [[nodiscard]] GaussianMixture mixture() const;
};

}  // namespace dpsbench
