#pragma once
#include "priors/kernels/bias_kernel.h"
#include "priors/kernels/block_tiling.h"

namespace dpsbench::norm_blocks {

/// x += bias + addend, rounded once, as work for the blocks of a GPU: a block a tile of a slab.
template <typename T>
struct AddBias {
  static constexpr int phases = 1;
  using Memory = Nothing;
  BiasArrays<T> a;

  [[nodiscard]] std::int64_t blocks() const { return Tiling{a.pixels, a.channels}.blocks(a.images); }

  DPSBENCH_HOST_DEVICE void run(int, int block, int thread, Memory&) const {
    const Tiling tiling{a.pixels, a.channels};
    const Place place = place_of(tiling, block, thread);
    const float bias = a.bias[place.channel];
    float x[depth];
    float added[depth];
    load(a.x, tiling, place, 0, x);
    load(a.addend, tiling, place, 0, added);
    for (int i = 0; i < depth; ++i)
      if (i < place.count) store(x[i] + bias + added[i], a.x[offset(tiling, place, i)]);
  }
};

}  // namespace dpsbench::norm_blocks
