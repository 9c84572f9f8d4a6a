#pragma once
#include <Random123/philox.h>

#include <cstdint>

#include "core/gaussian.h"

namespace dpsbench::philox {

/// Where a row of random numbers lies in the counter space.
struct Row {
  std::uint64_t seed;
  std::uint32_t purpose_and_step;  ///< purpose in the upper 8 bits, step in the lower 24
  std::uint64_t stream;
};

/// The four random words of elements 4 * block ... 4 * block + 3 of a row.
DPSBENCH_HOST_DEVICE inline r123::Philox4x32::ctr_type words(const Row& row, std::uint32_t block) {
  const r123::Philox4x32::ctr_type counter = {{block, row.purpose_and_step, static_cast<std::uint32_t>(row.stream),
                                               static_cast<std::uint32_t>(row.stream >> 32)}};
  const r123::Philox4x32::key_type key = {
      {static_cast<std::uint32_t>(row.seed), static_cast<std::uint32_t>(row.seed >> 32)}};
  return r123::Philox4x32{}(counter, key);
}

/// Four standard normal numbers of a block.
DPSBENCH_HOST_DEVICE inline void normals(const Row& row, std::uint32_t block, float out[4]) {
  const auto w = words(row, block);
  gaussian::pair_from_words(w[0], w[1], out[0], out[1]);
  gaussian::pair_from_words(w[2], w[3], out[2], out[3]);
}

/// Four uniform numbers in (0, 1) of a block. 23 bits each: with 24, adding one half would round the largest up to 1.
DPSBENCH_HOST_DEVICE inline void uniforms(const Row& row, std::uint32_t block, float out[4]) {
  const auto w = words(row, block);
  for (int k = 0; k < 4; ++k) out[k] = (static_cast<float>(w[k] >> 9) + 0.5f) * 1.1920928955078125e-7f;
}

}  // namespace dpsbench::philox
