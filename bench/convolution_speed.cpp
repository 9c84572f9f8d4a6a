// Time of the kernel behind frozen convolutions beside ATen's (oneDNN), for the layers of the networks of FFHQ and of
// the quickstart, one thread.
//   convolution_speed BATCH [avx2|avx512]
// oneDNN takes the best instruction set there is: ONEDNN_MAX_CPU_ISA=AVX2 for a fair comparison with avx2.
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>

#include <functional>
#include <string>
#include <tuple>

#include "bench/work_clock.h"
#include "core/tensor.h"
#include "priors/kernels/convolution_kernel.h"

namespace {

using namespace dpsbench;

double milliseconds(const std::function<void()>& work) { return 1e3 * quickest_seconds(at::kCPU, 8, work); }

struct Layer {
  std::int64_t in, out, side, size;
};

const Layer layers[] = {{32, 32, 32, 3},   {64, 64, 16, 3},   {64, 64, 8, 3},    {128, 128, 64, 3}, {256, 128, 64, 3},
                        {128, 128, 32, 3}, {256, 256, 16, 3}, {512, 256, 16, 3}, {256, 256, 8, 3},  {512, 256, 8, 3},
                        {64, 32, 32, 1},   {256, 128, 64, 1}, {256, 768, 16, 1}, {512, 512, 8, 1}};

}  // namespace

int main(int argc, char** argv) {
  const std::string wanted = argc > 2 ? argv[2] : __builtin_cpu_supports("avx512f") ? "avx512" : "avx2";
  if (argc < 2 || (wanted != "avx2" && wanted != "avx512")) {
    fmt::print(stderr, "usage: convolution_speed BATCH [avx2|avx512]\n");
    return 2;
  }
  if (wanted == "avx512" && !__builtin_cpu_supports("avx512f")) {
    fmt::print(stderr, "convolution_speed: this processor has no AVX-512\n");
    return 2;
  }
  const auto tiles = wanted == "avx2" ? avx2::convolve_tiles : avx512::convolve_tiles;
  const auto pixels = wanted == "avx2" ? avx2::convolve_pixels : avx512::convolve_pixels;
  const std::int64_t batch = std::stol(argv[1]);
  at::set_num_threads(1);
  const at::NoGradGuard no_grad;
  fmt::print(
      "batch {}, {}, CPU ms and GFLOP/s as the definition counts\n\n| layer | oneDNN | here | ratio |\n"
      "| --- | --- | --- | --- |\n",
      batch, wanted);
  for (const Layer& layer : layers) {
    const Tensor x = at::randn({batch, layer.in, layer.side, layer.side}).contiguous(at::MemoryFormat::ChannelsLast);
    const Tensor weight =
        at::randn({layer.out, layer.in, layer.size, layer.size}).contiguous(at::MemoryFormat::ChannelsLast);
    const Tensor bias = at::randn({layer.out});
    const double theirs = milliseconds([&] { std::ignore = at::conv2d(x, weight, bias, 1, layer.size / 2); });

    const std::int64_t points = layer.size == 1 ? 1 : filter_points;
    const Tensor filters = at::randn({layer.out / filter_panel, points, layer.in, filter_panel});
    const Tensor scratch = at::empty({tile_scratch(layer.in)});
    const double ours = milliseconds([&] {
      const Tensor y = at::empty({batch, layer.side, layer.side, layer.out});
      const ConvolutionArrays arrays{.height = layer.side,
                                     .width = layer.side,
                                     .in = layer.in,
                                     .out = layer.out,
                                     .x = x.const_data_ptr<float>(),
                                     .filters = filters.const_data_ptr<float>(),
                                     .bias = bias.const_data_ptr<float>(),
                                     .addend = nullptr,
                                     .y = y.data_ptr<float>()};
      if (layer.size == 1)
        pixels(arrays, 0, batch * layer.side * layer.side);
      else
        tiles(arrays, 0, batch * image_tiles(layer.side, layer.side), scratch.data_ptr<float>());
    });
    const double operations =
        2e-6 * static_cast<double>(batch * layer.size * layer.size * layer.in * layer.out * layer.side * layer.side);
    fmt::print("| {0}x{0}, {1} -> {2}, {3} x {3} pixels | {4:.2f}, {5:.0f} | {6:.2f}, {7:.0f} | {8:.2f} |\n",
               layer.size, layer.in, layer.out, layer.side, theirs, operations / theirs, ours, operations / ours,
               theirs / ours);
  }
}
