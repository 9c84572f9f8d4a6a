#pragma once
#include <bit>
#include <cstdint>
#include <type_traits>

#include "core/compiled_for.h"

namespace dpsbench {

/// A bfloat16 as it is stored, the upper half of a float: for kernels, which include no header of LibTorch.
struct Bfloat16 {
  std::uint16_t bits;
};

/// What is computed with where T is stored.
template <typename T>
using NumberOf = std::conditional_t<std::is_same_v<T, Bfloat16>, float, T>;

DPSBENCH_HOST_DEVICE inline float number(float stored) { return stored; }
DPSBENCH_HOST_DEVICE inline float number(Bfloat16 stored) {
  return std::bit_cast<float>(static_cast<std::uint32_t>(stored.bits) << 16);
}

DPSBENCH_HOST_DEVICE inline void store(float value, float& into) { into = value; }
/// Rounds to the nearest, ties to even; NaN stays NaN.
DPSBENCH_HOST_DEVICE inline void store(float value, Bfloat16& into) {
  const auto bits = std::bit_cast<std::uint32_t>(value);
  const std::uint32_t rounded = (bits + 0x7fffU + ((bits >> 16) & 1U)) >> 16;
  into.bits = static_cast<std::uint16_t>(value == value ? rounded : 0x7fc0U);
}

}  // namespace dpsbench
