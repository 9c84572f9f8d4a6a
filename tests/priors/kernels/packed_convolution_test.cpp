#include "priors/kernels/packed_convolution.h"

#include <ATen/Parallel.h>
#include <gtest/gtest.h>

#include "priors/kernels/convolution_kernel.h"
#include "tests/priors/networks.h"

namespace dpsbench {
namespace {

using Direction = PackedConvolution::Direction;

constexpr auto layout = at::MemoryFormat::ChannelsLast;

/// Images of [C, H, W], K channels out, n x n.
struct Sizes {
  std::int64_t images, in, out, height, width, size;
};

const Sizes sizes_of_packed[] = {
    {2, 32, 32, 8, 8, 3}, {1, 32, 64, 16, 16, 3},  {3, 64, 32, 5, 7, 3}, {1, 32, 32, 1, 1, 3},
    {2, 96, 32, 2, 3, 3}, {1, 128, 128, 9, 17, 3}, {5, 32, 32, 4, 4, 3}, {2, 32, 64, 12, 33, 3},
    {2, 32, 96, 8, 8, 1}, {3, 48, 32, 5, 7, 1},    {1, 3, 32, 1, 1, 1},  {2, 256, 32, 16, 9, 1},
};

struct Numbers {
  explicit Numbers(const Sizes& s)
      : x(at::randn({s.images, s.in, s.height, s.width}).contiguous(layout)),
        weight(at::randn({s.out, s.in, s.size, s.size}) / (s.size * std::sqrt(static_cast<double>(s.in)))),
        bias(at::randn({s.out})),
        addend(at::randn({s.images, s.out, s.height, s.width}).contiguous(layout)) {}

  [[nodiscard]] Tensor exact() const {
    return at::conv2d(x.to(at::kDouble), weight.to(at::kDouble), bias.to(at::kDouble), 1, weight.size(2) / 2) + addend;
  }

  Tensor x, weight, bias, addend;
};

std::string describe(const Sizes& s) {
  return fmt::format("{} x [{}, {}, {}] -> {}, {}x{}", s.images, s.in, s.height, s.width, s.out, s.size, s.size);
}

TEST(PackedConvolution, IsTheConvolution) {
  for (const Sizes& s : sizes_of_packed) {
    const Numbers n(s);
    const PackedConvolution convolution(n.weight, Direction::forward);
    ASSERT_TRUE(convolution.suits(n.x)) << describe(s);
    const Tensor y = convolution(n.x, n.bias, n.addend);
    EXPECT_TRUE(y.is_contiguous(layout));
    // numbers of 24 bits, of which a few are lost to cancellation between the 36 products
    EXPECT_LT(distance(y, n.exact()), s.size == 3 ? 1.5e-6 : 5e-7) << describe(s);
    const Tensor bare = convolution(n.x, {}, {}) + n.bias.view({-1, 1, 1}) + n.addend;
    EXPECT_LT(distance(bare, y), 2e-7) << describe(s);
  }
}

TEST(PackedConvolution, AdjointIsTheAdjoint) {
  for (const Sizes& s : sizes_of_packed) {
    const Numbers n(s);
    const PackedConvolution adjoint(n.weight, Direction::adjoint);
    if (s.in % filter_panel != 0) {
      EXPECT_FALSE(adjoint.suits(n.addend));
      continue;
    }
    ASSERT_TRUE(adjoint.suits(n.addend)) << describe(s);
    const double there = (n.exact() - n.bias.view({-1, 1, 1}) - n.addend).mul(n.addend).sum().item<double>();
    const double back = adjoint(n.addend, {}, {}).to(at::kDouble).mul(n.x).sum().item<double>();
    const double lengths = (n.x.norm() * n.addend.norm()).item<double>();
    EXPECT_NEAR(there, back, 1e-6 * lengths) << describe(s);
  }
}

TEST(PackedConvolution, RoundsAboutAsASumInSequence) {
  const Sizes s{1, 128, 32, 16, 16, 3};
  const Numbers n(s);
  Tensor sum = at::zeros({1, s.out, s.height, s.width});  // in single precision, one product after the other
  const Tensor padded = at::constant_pad_nd(n.x, {1, 1, 1, 1});
  for (std::int64_t c = 0; c < s.in; ++c)
    for (std::int64_t k = 0; k < 9; ++k)
      sum += padded.select(1, c).narrow(1, k / 3, s.height).narrow(2, k % 3, s.width).unsqueeze(1) *
             n.weight.select(1, c).flatten(1).select(1, k).view({1, -1, 1, 1});
  sum += n.bias.view({-1, 1, 1}) + n.addend;
  const double in_sequence = distance(sum, n.exact());
  const double filtered = distance(PackedConvolution(n.weight, Direction::forward)(n.x, n.bias, n.addend), n.exact());
  RecordProperty("in_sequence", fmt::format("{:.2g}", in_sequence));
  RecordProperty("filtered", fmt::format("{:.2g}", filtered));
  EXPECT_LT(filtered, 3 * in_sequence);
}

TEST(PackedConvolution, TreatsEachImageAloneOnAnyThreads) {
  const int threads = at::get_num_threads();
  for (const Sizes& s : sizes_of_packed) {
    const Numbers n(s);
    const PackedConvolution convolution(n.weight, Direction::forward);
    const Tensor together = convolution(n.x, n.bias, n.addend);
    at::set_num_threads(threads == 1 ? 2 : 1);
    for (std::int64_t i = 0; i < s.images; ++i) {
      const auto image = [&](const Tensor& t) { return t.narrow(0, i, 1).contiguous(layout); };
      EXPECT_TRUE(at::equal(convolution(image(n.x), n.bias, image(n.addend)), image(together))) << describe(s);
    }
    at::set_num_threads(threads);
  }
}

TEST(PackedConvolution, HasTheSameNumbersOnEitherInstructionSet) {
  if (!__builtin_cpu_supports("avx512f")) GTEST_SKIP() << "this processor has no AVX-512";
  const std::int64_t in = 64, out = 96, height = 13, width = 10;
  const Tensor x = at::randn({2, height, width, in}), bias = at::randn({out});
  for (const std::int64_t points : {std::int64_t{1}, filter_points}) {
    const Tensor filters = at::randn({out / filter_panel, points, in, filter_panel});
    const Tensor narrow = at::empty({2, height, width, out}), wide = at::empty_like(narrow);
    ConvolutionArrays arrays{.height = height,
                             .width = width,
                             .in = in,
                             .out = out,
                             .x = x.const_data_ptr<float>(),
                             .filters = filters.const_data_ptr<float>(),
                             .bias = bias.const_data_ptr<float>(),
                             .addend = nullptr,
                             .y = narrow.data_ptr<float>()};
    const Tensor scratch = at::empty({tile_scratch(in)});
    const auto run = [&](auto tiles, auto pixels, const Tensor& y) {
      arrays.y = y.data_ptr<float>();
      if (points == 1)
        pixels(arrays, 0, 2 * height * width);
      else
        tiles(arrays, 0, 2 * image_tiles(height, width), scratch.data_ptr<float>());
    };
    run(avx2::convolve_tiles, avx2::convolve_pixels, narrow);
    run(avx512::convolve_tiles, avx512::convolve_pixels, wide);
    EXPECT_TRUE(at::equal(narrow, wide)) << points;
  }
}

TEST(PackedConvolution, SuitsWhatItsKernelTakes) {
  const Tensor weight = at::randn({64, 32, 3, 3});
  const auto suits = [](const Tensor& w, at::IntArrayRef x) {
    return PackedConvolution(w, Direction::forward).suits(at::empty(x));
  };
  EXPECT_TRUE(suits(weight, {1, 32, 8, 8}));
  EXPECT_FALSE(suits(weight.to(at::kDouble), {1, 32, 8, 8}));
  EXPECT_FALSE(suits(weight, {1, 64, 8, 8}));                         // a gradient of other channels
  EXPECT_FALSE(suits(at::randn({6, 32, 3, 3}), {1, 32, 8, 8}));       // the last layer
  EXPECT_FALSE(suits(at::randn({32, 3, 3, 3}), {1, 3, 8, 8}));        // the first
  EXPECT_FALSE(suits(at::randn({512, 512, 3, 3}), {64, 512, 8, 8}));  // much to read for few pixels, in any batch
  EXPECT_TRUE(suits(at::randn({512, 512, 3, 3}), {1, 512, 16, 16}));
}

}  // namespace
}  // namespace dpsbench
