#include "tasks/parts/reflected_blur.h"

#include "core/error.h"

namespace dpsbench {
namespace {

/// [length, length], double on the CPU: the filter along one axis with reflection.
Tensor filter_matrix(const std::vector<double>& taps, std::int64_t length) {
  const auto radius = static_cast<std::int64_t>(taps.size() / 2);
  const Tensor matrix = at::zeros({length, length}, at::kDouble);
  auto entry = matrix.accessor<double, 2>();
  for (std::int64_t row = 0; row < length; ++row)
    for (std::int64_t k = -radius; k <= radius; ++k) {
      const std::int64_t low = std::abs(row + k);
      entry[row][low < length ? low : 2 * (length - 1) - low] += taps[static_cast<std::size_t>(k + radius)];
    }
  return matrix;
}

}  // namespace

ReflectedBlur::ReflectedBlur(const std::vector<double>& taps, const ImageShape& shape, const TensorOptions& options)
    : SeparableOperator(filter_matrix(taps, shape.height), filter_matrix(taps, shape.width), shape, options) {}

void check_reflection(const std::string& option, std::int64_t radius, const ImageShape& shape) {
  const std::int64_t least = std::min(shape.height, shape.width);
  if (radius >= least)
    throw UserError("{}: the blur reaches {} pixels, too far for an image of {} x {}; allowed: less than {}", option,
                    radius, shape.height, shape.width, least);
}

}  // namespace dpsbench
