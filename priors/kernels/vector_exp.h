#pragma once
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

#include "core/compiled_for.h"

namespace dpsbench {

/// exp(x) without branches or calls, so that loops over it vectorise; relative error below 2e-7. Saturates beyond +-87;
/// of NaN it makes some number. Cephes' expf: 2^n times a polynomial on [-ln 2 / 2, ln 2 / 2].
DPSBENCH_HOST_DEVICE inline float vector_exp(float x) {
  constexpr float to_integer = 12582912.0F;  // 1.5 * 2^23: adding it rounds to a whole number
  // |x| is bounded as an integer: a comparison of floats may trap, which keeps the compiler from vectorising
  const auto bits = std::bit_cast<std::int32_t>(x);
  const std::int32_t magnitude = std::min(bits & 0x7fffffff, std::bit_cast<std::int32_t>(87.0F));
  const auto bounded = std::bit_cast<float>(magnitude | (bits & std::numeric_limits<std::int32_t>::min()));
  const float shifted = bounded * 1.44269504088896341F + to_integer;
  const float n = shifted - to_integer;
  const float r = (bounded - n * 0.693359375F) + n * 2.12194440e-4F;
  float p = 1.9875691500e-4F;
  p = p * r + 1.3981999507e-3F;
  p = p * r + 8.3334519073e-3F;
  p = p * r + 4.1665795894e-2F;
  p = p * r + 1.6666665459e-1F;
  p = p * r + 5.0000001201e-1F;
  const float mantissa = p * r * r + r + 1.0F;
  const std::int32_t exponent = (std::bit_cast<std::int32_t>(shifted) - std::bit_cast<std::int32_t>(to_integer)) << 23;
  return std::bit_cast<float>(std::bit_cast<std::int32_t>(mantissa) + exponent);
}

inline double vector_exp(double x) { return std::exp(x); }

}  // namespace dpsbench
