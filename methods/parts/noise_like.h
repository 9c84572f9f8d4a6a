#pragma once
#include "core/noise.h"

namespace dpsbench {

/// Standard normal numbers in the shape, type and device of a batch (images or measurements): [B, ...].
inline Tensor normal_like(const Noise& noise, Purpose purpose, std::int64_t step, const Tensor& batch) {
  return noise.normal(purpose, step, batch.sizes().slice(1).vec(), batch.options());
}

}  // namespace dpsbench
