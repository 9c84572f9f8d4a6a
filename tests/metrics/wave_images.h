#pragma once
#include "core/tensor.h"

namespace dpsbench {

/// Images [B, C, H, W] in [0, 1] from a formula, so that a reference program can make the same ones:
/// 1/2 + sin(0.11 i (1 + 0.3 c) + phase b) / 4 + cos(0.07 i j / (1 + b) + 0.3 phase j) / 4.
inline Tensor wave_images(std::int64_t batch, std::int64_t channels, std::int64_t height, std::int64_t width,
                          double phase) {
  const Tensor b = at::arange(batch, at::kDouble).view({-1, 1, 1, 1});
  const Tensor c = at::arange(channels, at::kDouble).view({1, -1, 1, 1});
  const Tensor i = at::arange(height, at::kDouble).view({1, 1, -1, 1});
  const Tensor j = at::arange(width, at::kDouble).view({1, 1, 1, -1});
  return 0.5 + 0.25 * (0.11 * i * (1 + 0.3 * c) + phase * b).sin() +
         0.25 * (0.07 * i * j / (1 + b) + 0.3 * phase * j).cos();
}

}  // namespace dpsbench
