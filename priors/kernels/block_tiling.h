#pragma once
#include <cstdint>

#include "priors/kernels/bfloat16.h"

/// How images that lie channels last are dealt out to the blocks of a GPU and their threads.
namespace dpsbench::norm_blocks {

constexpr int lanes = 32;  // channels of a block, neighbours in memory; divides every layer's channels
constexpr int rows = 8;    // pixels that a block reads at a time
constexpr int threads = lanes * rows;
constexpr int depth = 16;           // pixels of a thread, held in registers
constexpr int slab = rows * depth;  // pixels of a block

DPSBENCH_HOST_DEVICE inline std::int64_t smaller(std::int64_t a, std::int64_t b) { return a < b ? a : b; }

struct Nothing {};  ///< that threads of a block tell each other

/// How images [pixels, channels] are cut: into slabs of pixels, and these into tiles of 32 channels, a block each.
struct Tiling {
  std::int64_t pixels;
  std::int64_t channels;

  [[nodiscard]] DPSBENCH_HOST_DEVICE std::int64_t slabs() const { return (pixels + slab - 1) / slab; }
  [[nodiscard]] DPSBENCH_HOST_DEVICE std::int64_t tiles() const { return channels / lanes; }
  [[nodiscard]] DPSBENCH_HOST_DEVICE std::int64_t blocks(std::int64_t images) const {
    return images * slabs() * tiles();
  }
  [[nodiscard]] DPSBENCH_HOST_DEVICE std::int64_t pixels_of(std::int64_t index) const {
    return smaller(slab, pixels - index * slab);
  }
};

/// What a thread of such a block works on: pixels `pixel`, `pixel` + 8, ..., `count` of them, of one channel.
struct Place {
  std::int64_t image;
  std::int64_t slab_index;
  std::int64_t channel;
  std::int64_t pixel;
  int count;
};

DPSBENCH_HOST_DEVICE inline Place place_of(const Tiling& tiling, int block, int thread) {
  const auto tiles = static_cast<int>(tiling.tiles());
  const auto slabs = static_cast<int>(tiling.slabs());
  Place place{};
  place.channel = block % tiles * lanes + thread % lanes;
  place.slab_index = block / tiles % slabs;
  place.image = block / tiles / slabs;
  place.pixel = place.slab_index * slab + thread / lanes;
  const std::int64_t remaining = tiling.pixels - place.pixel;
  place.count = remaining <= 0 ? 0 : static_cast<int>(smaller(depth, (remaining + rows - 1) / rows));
  return place;
}

/// Where the i-th number of a thread lies in an array [images, pixels, channels].
DPSBENCH_HOST_DEVICE inline std::int64_t offset(const Tiling& tiling, const Place& place, int i) {
  return (place.image * tiling.pixels + place.pixel + static_cast<std::int64_t>(i) * rows) * tiling.channels +
         place.channel;
}

/// The numbers of a thread from the first-th on, zeros where it has no more: all are on their way before one is used.
template <typename T, int n>
DPSBENCH_HOST_DEVICE inline void load(const T* array, const Tiling& tiling, const Place& place, int first,
                                      float (&values)[n]) {
  for (int i = 0; i < n; ++i)
    values[i] = first + i < place.count ? number(array[offset(tiling, place, first + i)]) : 0.0F;
}

}  // namespace dpsbench::norm_blocks
