#include "priors/kernels/packed_convolution.h"

#include <ATen/Parallel.h>

#include <mutex>

#include "priors/kernels/convolution_kernel.h"

namespace dpsbench {
namespace {

// Most filters for each tile of an image: at 256 x 256 pixels all of FFHQ's network qualifies but its layers of 8 x 8.
constexpr std::int64_t filters_a_tile = 32768;
constexpr std::int64_t pixels_a_thread = 256;

/// G, 6 x 3: a filter's values at the nodes, over the product of each node's distances from the others.
Tensor filter_transform() {
  const double a = filter_nodes[0], b = filter_nodes[1];
  const double of_a = 2 * a * a * (a * a - b * b), of_b = 2 * b * b * (b * b - a * a);
  return at::tensor({1 / (a * a * b * b), 0.0, 0.0,      //
                     1 / of_a, a / of_a, a * a / of_a,   //
                     1 / of_a, -a / of_a, a * a / of_a,  //
                     1 / of_b, b / of_b, b * b / of_b,   //
                     1 / of_b, -b / of_b, b * b / of_b,  //
                     0.0, 0.0, 1.0},
                    at::kDouble)
      .view({6, 3});
}

/// [K, C, n, n] -> [K / panel, 1 or 36, C, panel]; transformed in double precision.
Tensor packed(const Tensor& weight) {
  Tensor filters = weight;
  if (weight.size(2) == 3) {
    const Tensor g = filter_transform();
    filters = at::matmul(at::matmul(g, weight.to(at::kDouble)), g.t()).to(at::kFloat);
  }
  return filters.flatten(2).unflatten(0, {-1, filter_panel}).permute({0, 3, 2, 1}).contiguous();
}

}  // namespace

struct PackedConvolution::Filters {
  std::once_flag made;
  Tensor numbers;
};

PackedConvolution::PackedConvolution(const Tensor& weight, Direction direction)
    : weight_(weight),
      direction_(direction),
      in_(weight.size(direction == Direction::forward ? 1 : 0)),
      out_(weight.size(direction == Direction::forward ? 0 : 1)),
      filters_(std::make_shared<Filters>()) {}

bool PackedConvolution::suits(const Tensor& x) const {
  const std::int64_t size = weight_.size(2);
  if (!weight_.is_cpu() || weight_.scalar_type() != at::kFloat || out_ % filter_panel != 0 || x.size(1) != in_)
    return false;
  return size == 1 ||
         (size == 3 && in_ % filter_panel == 0 && in_ * out_ <= filters_a_tile * image_tiles(x.size(2), x.size(3)));
}

Tensor PackedConvolution::operator()(const Tensor& x, const Tensor& bias, const Tensor& addend) const {
  static const bool wide = __builtin_cpu_supports("avx512f");
  std::call_once(filters_->made, [this] {
    // the adjoint of a convolution with zeros around: the filters turned around, of output to input
    filters_->numbers = packed(direction_ == Direction::forward ? weight_ : weight_.transpose(0, 1).flip({2, 3}));
  });
  const auto numbers = [](const Tensor& t) { return t.defined() ? t.const_data_ptr<float>() : nullptr; };
  const Tensor y =
      at::empty({x.size(0), out_, x.size(2), x.size(3)}, x.options().memory_format(at::MemoryFormat::ChannelsLast));
  const ConvolutionArrays arrays{.height = x.size(2),
                                 .width = x.size(3),
                                 .in = in_,
                                 .out = out_,
                                 .x = numbers(x),
                                 .filters = numbers(filters_->numbers),
                                 .bias = numbers(bias),
                                 .addend = numbers(addend),
                                 .y = y.data_ptr<float>()};
  if (weight_.size(2) == 1) {
    at::parallel_for(0, x.size(0) * arrays.height * arrays.width, pixels_a_thread,
                     [&](std::int64_t first, std::int64_t last) {
                       (wide ? avx512::convolve_pixels : avx2::convolve_pixels)(arrays, first, last);
                     });
    return y;
  }
  at::parallel_for(0, x.size(0) * image_tiles(arrays.height, arrays.width), convolved_block,
                   [&](std::int64_t first, std::int64_t last) {
                     const Tensor scratch = at::empty({tile_scratch(in_)}, weight_.options());
                     (wide ? avx512::convolve_tiles : avx2::convolve_tiles)(arrays, first, last,
                                                                            scratch.data_ptr<float>());
                   });
  return y;
}

}  // namespace dpsbench
