#include "priors/kernels/packed_convolution.h"

#include <ATen/Parallel.h>

#include <array>
#include <mutex>

#include "priors/kernels/convolution_kernel.h"

namespace dpsbench {
namespace {

// Most filters for each tile of an image: at 256 x 256 pixels all of FFHQ's network qualifies but its layers of 8 x 8.
constexpr std::int64_t filters_a_tile = 32768;
constexpr std::int64_t pixels_a_thread = 256;

using Nodes = std::array<std::array<double, 3>, 6>;

/// G: a filter's values at the nodes, over the product of each node's distances from the others.
constexpr Nodes filter_transform() {
  const double a = filter_nodes[0], b = filter_nodes[1];
  const double of_a = 2 * a * a * (a * a - b * b), of_b = 2 * b * b * (b * b - a * a);
  return {{{1 / (a * a * b * b), 0.0, 0.0},
           {1 / of_a, a / of_a, a * a / of_a},
           {1 / of_a, -a / of_a, a * a / of_a},
           {1 / of_b, b / of_b, b * b / of_b},
           {1 / of_b, -b / of_b, b * b / of_b},
           {0.0, 0.0, 1.0}}};
}

/// G w G^T of a filter w, 3 x 3, in double precision: 36 numbers, each `step` after the last.
void transform_filter(const float* w, float* transformed, std::int64_t step) {
  constexpr Nodes g = filter_transform();
  std::array<std::array<double, 3>, 6> of_rows{};
  for (std::size_t i = 0; i < 6; ++i)
    for (std::size_t column = 0; column < 3; ++column)
      of_rows[i][column] = g[i][0] * w[column] + g[i][1] * w[3 + column] + g[i][2] * w[6 + column];
  for (const auto& row : of_rows)
    for (std::size_t j = 0; j < 6; ++j, transformed += step)
      *transformed = static_cast<float>(row[0] * g[j][0] + row[1] * g[j][1] + row[2] * g[j][2]);
}

/// [K, C, n, n] -> [K / panel, 1 or 36, C, panel].
Tensor packed(const Tensor& weight) {
  const std::int64_t panels = weight.size(0) / filter_panel, in = weight.size(1);
  if (weight.size(2) == 1) return weight.flatten(1).unflatten(0, {-1, filter_panel}).mT().contiguous();
  const Tensor filters = weight.contiguous();
  Tensor transformed = at::empty({panels, 36, in, filter_panel}, weight.options());
  const float* w = filters.const_data_ptr<float>();
  for (std::int64_t panel = 0; panel < panels; ++panel) {
    float* of_panel = transformed.data_ptr<float>() + panel * 36 * in * filter_panel;
    for (std::int64_t k = 0; k < filter_panel; ++k)
      for (std::int64_t c = 0; c < in; ++c, w += 9)
        transform_filter(w, of_panel + c * filter_panel + k, in * filter_panel);
  }
  return transformed;
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
