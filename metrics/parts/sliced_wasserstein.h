#pragma once
#include "core/noise.h"
#include "core/tensor.h"

namespace dpsbench {

/// Wasserstein distances of two samples seen along random directions. The two are different numbers: say which.
struct SlicedWasserstein {
  double mean = 0;      ///< (mean over directions of W_p^p)^(1/p): the sliced distance
  double greatest = 0;  ///< the greatest W_p of a direction: the max-sliced distance, over the directions drawn
};

/// Sliced p-Wasserstein distance (Bonneel et al. 2015) over directions uniform on the sphere, drawn from `noise`
/// (Purpose::bootstrap, one stream): the same directions for the same stream. first: [N, D], second: [M, D]; order p >=
/// 1; computed in double. Throws Error for other shapes and orders.
SlicedWasserstein sliced_wasserstein(const Tensor& first, const Tensor& second, double order, std::int64_t directions,
                                     const Noise& noise);

/// W_p^p of each column of two one-dimensional samples, exact for any N and M: [N, K] and [M, K] double -> [K].
Tensor wasserstein_power(const Tensor& first, const Tensor& second, double order);

}  // namespace dpsbench
