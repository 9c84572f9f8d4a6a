#pragma once
#include <math.h>  // sqrtf on both sides of nvcc

#include <bit>
#include <cstdint>

#include "core/compiled_for.h"

namespace dpsbench::gaussian {

// Box-Muller from IEEE-exact operations only (+, -, *, sqrt), so that a CPU and a GPU give the same bits. The files
// that include this are compiled without contraction of a * b + c: a fused operation would round differently.

/// Natural logarithm of a float in (0, 1], relative error below 2e-7.
DPSBENCH_HOST_DEVICE inline float log_unit(float value) {
  auto bits = std::bit_cast<std::uint32_t>(value);
  int exponent = static_cast<int>(bits >> 23) - 127;
  bits = (bits & 0x007fffffu) | 0x3f800000u;  // mantissa in [1, 2)
  auto mantissa = std::bit_cast<float>(bits);
  if (mantissa > 1.41421356f) {
    mantissa = mantissa * 0.5f;
    exponent += 1;
  }
  const float f = mantissa - 1.0f;  // log(1 + f), f in [-0.29, 0.41]: minimax polynomial of Cephes logf
  const float f2 = f * f;
  float p = 7.0376836292e-2f;
  p = p * f - 1.1514610310e-1f;
  p = p * f + 1.1676998740e-1f;
  p = p * f - 1.2420140846e-1f;
  p = p * f + 1.4249322787e-1f;
  p = p * f - 1.6668057665e-1f;
  p = p * f + 2.0000714765e-1f;
  p = p * f - 2.4999993993e-1f;
  p = p * f + 3.3333331174e-1f;
  const float e = static_cast<float>(exponent);
  const float tail = f2 * f * p + e * -2.12194440e-4f - 0.5f * f2;
  return f + tail + e * 0.693359375f;
}

/// Sine and cosine of 2 pi u / 2^32 by octants, absolute error below 1e-7.
DPSBENCH_HOST_DEVICE inline void sine_cosine(std::uint32_t u, float& sine, float& cosine) {
  const std::uint32_t quadrant = (u + 0x20000000u) >> 30;  // nearest multiple of pi / 2
  const std::int32_t offset = static_cast<std::int32_t>(u - (quadrant << 30));
  const float a = static_cast<float>(offset) * 1.4629180792671596e-9f;  // 2 pi / 2^32, a in [-pi/4, pi/4]
  const float a2 = a * a;
  float s = -1.9515295891e-4f;
  s = s * a2 + 8.3321608736e-3f;
  s = s * a2 - 1.6666654611e-1f;
  s = s * a2 * a + a;
  float c = 2.443315711809948e-5f;
  c = c * a2 - 1.388731625493765e-3f;
  c = c * a2 + 4.166664568298827e-2f;
  c = c * a2 * a2 - 0.5f * a2 + 1.0f;
  sine = (quadrant & 1u) != 0 ? c : s;
  cosine = (quadrant & 1u) != 0 ? s : c;
  if ((quadrant & 2u) != 0) sine = -sine;
  if (((quadrant + 1) & 2u) != 0) cosine = -cosine;
}

/// Two independent standard normal numbers from two random words.
DPSBENCH_HOST_DEVICE inline void pair_from_words(std::uint32_t first, std::uint32_t second, float& n0, float& n1) {
  // (first + 1/2) / 2^32, in (0, 1]: never 0
  const float uniform = static_cast<float>(first) * 2.3283064365386963e-10f + 1.1641532182693481e-10f;
  const float radius = sqrtf(-2.0f * log_unit(uniform < 1.0f ? uniform : 0.99999994f));
  float sine = 0;
  float cosine = 0;
  sine_cosine(second, sine, cosine);
  n0 = radius * cosine;
  n1 = radius * sine;
}

}  // namespace dpsbench::gaussian
