#pragma once
#include "core/noise.h"

namespace dpsbench {

/// `count` of the numbers 0 .. total-1 for each image, all subsets equally likely: the places of the smallest uniform
/// numbers of Purpose::mask and `step`. [B, count], long, on the CPU, so that every device gets the same subset.
Tensor random_subset(std::int64_t count, std::int64_t total, const Noise& noise, std::int64_t step);

}  // namespace dpsbench
