#pragma once
#include <math.h>  // sqrt on both sides of nvcc

#include "priors/kernels/block_tiling.h"
#include "priors/kernels/group_norm_kernel.h"
#include "priors/kernels/vector_exp.h"

/// Group normalisation as work for the blocks of a GPU, each a number of threads that share some memory. The work is
/// cut into phases; between two phases a block's threads wait for each other. priors/kernels/cuda_kernels.cu runs
/// it on a GPU, the tests on the host with the same arithmetic, since nothing here is contracted.
namespace dpsbench::norm_blocks {

struct Pair {
  float first;
  float second;
};

/// The same of x, with its bias.
template <typename T, int n>
DPSBENCH_HOST_DEVICE inline void load_x(const NormArrays<T>& a, const Tiling& tiling, const Place& place, int first,
                                        float (&values)[n]) {
  load(a.x, tiling, place, first, values);
  if (a.bias == nullptr) return;
  const float bias = a.bias[place.image * a.bias_stride + place.channel];
  for (int i = 0; i < n; ++i)
    if (first + i < place.count) values[i] += bias;
}

/// Mean and sum of squared deviations of some numbers, merged as by Chan, Golub & LeVeque (1983).
struct Moments {
  double count;
  double mean;
  double squares;
};

DPSBENCH_HOST_DEVICE inline Moments merged(const Moments& a, const Moments& b) {
  if (b.count == 0) return a;
  if (a.count == 0) return b;
  const double total = a.count + b.count;
  const double delta = b.mean - a.mean;
  return {total, a.mean + delta * b.count / total, a.squares + b.squares + delta * delta * a.count * b.count / total};
}

struct Sums {
  double gradient;
  double product;  ///< of gradient and normalised x
};

DPSBENCH_HOST_DEVICE inline Sums merged(const Sums& a, const Sums& b) {
  return {a.gradient + b.gradient, a.product + b.product};
}

/// What a block's threads tell each other.
template <typename Sum>
struct Shared {
  Sum of[threads];
};

/// One phase of adding up what threads found: the first `threads` / 2^halving take over the others' halves.
template <typename Sum>
DPSBENCH_HOST_DEVICE inline void halve(Shared<Sum>& shared, int halving, int thread) {
  const int stride = threads >> halving;
  if (thread < stride) shared.of[thread] = merged(shared.of[thread], shared.of[thread + stride]);
}
constexpr int halvings_to_lanes = 3;  // 256 -> 32: what is left is one sum a channel
constexpr int halvings_to_one = 8;

/// Coefficients of a channel: z = (x - mean) slope + shift.
struct Affine {
  float mean;
  float reciprocal;
  float scale;
  float slope;
  float shift;
};

template <typename T>
DPSBENCH_HOST_DEVICE inline Affine affine_of(const NormArrays<T>& a, std::int64_t image, std::int64_t channel) {
  const std::int64_t group = image * norm_groups + channel / (a.channels / norm_groups);
  const float scale = a.scale[image * a.affine_stride + channel];
  const float reciprocal = a.reciprocal_deviation[group];
  return {a.mean[group], reciprocal, scale, scale * reciprocal, a.shift[image * a.affine_stride + channel]};
}

/// d y / d normalised: scale f'(z), with f'(z) = s (1 + z (1 - s)), s = 1 / (1 + exp(-z)).
DPSBENCH_HOST_DEVICE inline float derivative(const Affine& k, float x, bool silu) {
  if (!silu) return k.scale;
  const float z = (x - k.mean) * k.slope + k.shift;
  const float s = 1 / (1 + vector_exp(-z));
  return k.scale * (s * (1 + z * (1 - s)));
}

DPSBENCH_HOST_DEVICE inline Pair stored(const Moments& of) {
  return {static_cast<float>(of.mean), static_cast<float>(of.squares)};
}
DPSBENCH_HOST_DEVICE inline Pair stored(const Sums& of) {
  return {static_cast<float>(of.gradient), static_cast<float>(of.product)};
}

/// A phase of a work that sums each channel up over a tile of a slab into its `partial`.
template <typename Work>
DPSBENCH_HOST_DEVICE inline void sum_tile(const Work& work, int phase, int block, int thread,
                                          typename Work::Memory& shared) {
  const Tiling tiling{work.a.pixels, work.a.channels};
  const Place place = place_of(tiling, block, thread);
  if (phase == 0)
    shared.of[thread] = work.own(tiling, place);
  else
    halve(shared, phase, thread);
  if (phase + 1 == Work::phases && thread < lanes)
    work.partial[(place.image * tiling.slabs() + place.slab_index) * work.a.channels + place.channel] =
        stored(shared.of[thread]);
}

/// Mean and squares of each channel in each slab: partial [images, slabs, channels]. A block a tile of a slab.
template <typename T>
struct SlabMoments {
  static constexpr int phases = 1 + halvings_to_lanes;
  using Memory = Shared<Moments>;
  NormArrays<T> a;
  Pair* partial;

  [[nodiscard]] std::int64_t blocks() const { return Tiling{a.pixels, a.channels}.blocks(a.images); }

  DPSBENCH_HOST_DEVICE void run(int phase, int block, int thread, Memory& shared) const {
    sum_tile(*this, phase, block, thread, shared);
  }

  [[nodiscard]] DPSBENCH_HOST_DEVICE Moments own(const Tiling& tiling, const Place& place) const {
    if (place.count == 0) return {0, 0, 0};
    float x[depth];
    load_x(a, tiling, place, 0, x);
    float sum = 0;
    for (const float value : x) sum += value;
    const float mean = sum / static_cast<float>(place.count);
    float squares = 0;
    for (int i = 0; i < depth; ++i) {
      const float deviation = i < place.count ? x[i] - mean : 0.0F;
      squares += deviation * deviation;
    }
    return {static_cast<double>(place.count), mean, squares};
  }
};

/// Mean and reciprocal deviation of each group from the slabs' moments. A block a group of an image.
template <typename T>
struct GroupStatistics {
  static constexpr int phases = 1 + halvings_to_one;
  using Memory = Shared<Moments>;
  NormArrays<T> a;
  const Pair* partial;

  [[nodiscard]] std::int64_t blocks() const { return a.images * norm_groups; }

  DPSBENCH_HOST_DEVICE void run(int phase, int block, int thread, Memory& shared) const {
    if (phase == 0) {
      shared.of[thread] = own(block, thread);
      return;
    }
    halve(shared, phase, thread);
    if (phase + 1 < phases || thread != 0) return;
    const Moments& all = shared.of[0];
    a.mean[block] = static_cast<float>(all.mean);
    a.reciprocal_deviation[block] = static_cast<float>(1 / sqrt(all.squares / all.count + a.epsilon));
  }

  [[nodiscard]] DPSBENCH_HOST_DEVICE Moments own(int block, int thread) const {
    const Tiling tiling{a.pixels, a.channels};
    const auto slabs = static_cast<int>(tiling.slabs());
    const auto width = static_cast<int>(a.channels / norm_groups);
    Moments found{0, 0, 0};
    for (int i = thread; i < slabs * width; i += threads) {
      const std::int64_t row = static_cast<std::int64_t>(block / norm_groups) * slabs + i / width;
      const Pair& moments = partial[row * a.channels + block % norm_groups * width + i % width];
      found = merged(found, {static_cast<double>(tiling.pixels_of(i / width)), moments.first, moments.second});
    }
    return found;
  }
};

/// y from x, once the statistics are known. A block a tile of a slab.
template <typename T>
struct Normalise {
  static constexpr int phases = 1;
  using Memory = Nothing;
  NormArrays<T> a;
  bool silu;
  T* y;

  [[nodiscard]] std::int64_t blocks() const { return Tiling{a.pixels, a.channels}.blocks(a.images); }

  DPSBENCH_HOST_DEVICE void run(int, int block, int thread, Memory&) const {
    const Tiling tiling{a.pixels, a.channels};
    const Place place = place_of(tiling, block, thread);
    const Affine k = affine_of(a, place.image, place.channel);
    float x[depth];
    load_x(a, tiling, place, 0, x);
    for (int i = 0; i < depth; ++i) {
      const float z = (x[i] - k.mean) * k.slope + k.shift;
      if (i < place.count) store(silu ? z / (1 + vector_exp(-z)) : z, y[offset(tiling, place, i)]);
    }
  }
};

/// Sums of each channel's gradient and of its product with the normalised x in each slab: partial [cotangents, images,
/// slabs, channels]. A block a tile of a slab of a gradient.
template <typename T>
struct SlabProducts {
  static constexpr int phases = 1 + halvings_to_lanes;
  using Memory = Shared<Sums>;
  NormArrays<T> a;
  bool silu;
  std::int64_t cotangents;
  const T* gradient;
  Pair* partial;

  [[nodiscard]] std::int64_t blocks() const { return Tiling{a.pixels, a.channels}.blocks(cotangents * a.images); }

  DPSBENCH_HOST_DEVICE void run(int phase, int block, int thread, Memory& shared) const {
    sum_tile(*this, phase, block, thread, shared);
  }

  [[nodiscard]] DPSBENCH_HOST_DEVICE Sums own(const Tiling& tiling, const Place& place) const {
    Place of_x = place;
    of_x.image = place.image % a.images;
    const Affine k = affine_of(a, of_x.image, place.channel);
    float x[depth];
    float g[depth];
    load_x(a, tiling, of_x, 0, x);
    load(gradient, tiling, place, 0, g);
    float sum = 0;
    float product = 0;
    for (int i = 0; i < depth; ++i) {
      const float of_normalised = g[i] * derivative(k, x[i], silu);
      sum += of_normalised;
      product += of_normalised * ((x[i] - k.mean) * k.reciprocal);
    }
    return {sum, product};
  }
};

/// The means of both over each group: means [cotangents, images, 32]. A block a group of a gradient.
template <typename T>
struct GroupMeans {
  static constexpr int phases = 1 + halvings_to_one;
  using Memory = Shared<Sums>;
  NormArrays<T> a;
  std::int64_t cotangents;
  const Pair* partial;
  Pair* means;

  [[nodiscard]] std::int64_t blocks() const { return cotangents * a.images * norm_groups; }

  DPSBENCH_HOST_DEVICE void run(int phase, int block, int thread, Memory& shared) const {
    if (phase == 0) {
      shared.of[thread] = own(block, thread);
      return;
    }
    halve(shared, phase, thread);
    if (phase + 1 < phases || thread != 0) return;
    const auto size = static_cast<double>(a.pixels * (a.channels / norm_groups));
    means[block] = {static_cast<float>(shared.of[0].gradient / size), static_cast<float>(shared.of[0].product / size)};
  }

  [[nodiscard]] DPSBENCH_HOST_DEVICE Sums own(int block, int thread) const {
    const auto slabs = static_cast<int>(Tiling{a.pixels, a.channels}.slabs());
    const auto width = static_cast<int>(a.channels / norm_groups);
    Sums found{0, 0};
    for (int i = thread; i < slabs * width; i += threads) {
      const std::int64_t row = static_cast<std::int64_t>(block / norm_groups) * slabs + i / width;
      const Pair& sums = partial[row * a.channels + block % norm_groups * width + i % width];
      found = merged(found, {sums.first, sums.second});
    }
    return found;
  }
};

/// gradient = (gradient f' scale - mean gradient - normalised mean product) / deviation + addend, in place. A block a
/// tile of a slab of a gradient.
template <typename T>
struct Project {
  static constexpr int phases = 1;
  static constexpr int at_a_time = 4;  // pixels of a thread whose numbers are in registers: all 16 would be too many
  using Memory = Nothing;
  NormArrays<T> a;
  bool silu;
  std::int64_t cotangents;
  const Pair* means;
  const T* addend;  ///< null: none
  T* gradient;

  [[nodiscard]] std::int64_t blocks() const { return Tiling{a.pixels, a.channels}.blocks(cotangents * a.images); }

  DPSBENCH_HOST_DEVICE void run(int, int block, int thread, Memory&) const {
    const Tiling tiling{a.pixels, a.channels};
    const Place place = place_of(tiling, block, thread);
    Place of_x = place;
    of_x.image = place.image % a.images;
    const Affine k = affine_of(a, of_x.image, place.channel);
    const Pair mean = means[place.image * norm_groups + place.channel / (a.channels / norm_groups)];
    for (int first = 0; first < depth; first += at_a_time) {
      float x[at_a_time];
      float g[at_a_time];
      float added[at_a_time] = {};
      load_x(a, tiling, of_x, first, x);
      load(gradient, tiling, place, first, g);
      if (addend != nullptr) load(addend, tiling, place, first, added);
      for (int i = 0; i < at_a_time; ++i) {
        const float of_normalised = g[i] * derivative(k, x[i], silu);
        const float normalised = (x[i] - k.mean) * k.reciprocal;
        const float projected = (of_normalised - mean.first - normalised * mean.second) * k.reciprocal;
        if (first + i < place.count) store(projected + added[i], gradient[offset(tiling, place, first + i)]);
      }
    }
  }
};

/// Pairs of floats that the two passes below need for that many images, or cotangents times images.
inline std::int64_t scratch_pairs(std::int64_t images, std::int64_t pixels, std::int64_t channels) {
  return images * (Tiling{pixels, channels}.slabs() * channels + norm_groups);
}

/// The forward pass; `run(work)` runs all blocks of a work, and a work after what was run before it.
template <typename T, typename Run>
void forward(const Run& run, const NormArrays<T>& a, bool silu, T* y, Pair* scratch) {
  run(SlabMoments<T>{a, scratch});
  run(GroupStatistics<T>{a, scratch});
  run(Normalise<T>{a, silu, y});
}

/// The pass back; gradient as pull_back_channels_last() has it.
template <typename T, typename Run>
void backward(const Run& run, const NormArrays<T>& a, bool silu, std::int64_t cotangents, T* gradient, const T* addend,
              Pair* scratch) {
  Pair* const means = scratch + cotangents * a.images * Tiling{a.pixels, a.channels}.slabs() * a.channels;
  run(SlabProducts<T>{a, silu, cotangents, gradient, scratch});
  run(GroupMeans<T>{a, cotangents, scratch, means});
  run(Project<T>{a, silu, cotangents, means, addend, gradient});
}

}  // namespace dpsbench::norm_blocks
