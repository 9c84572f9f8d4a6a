#include "results/signal_picture.h"

#include <algorithm>
#include <cmath>

namespace dpsbench {

Tensor picture_of_signal(const Tensor& image) {
  constexpr double greatest = 2;
  if (image.size(1) != 1 || image.size(2) < 2) return image;
  const Tensor signal = image[0][0].to(at::kCPU, at::kDouble).nan_to_num(0).contiguous();
  const std::int64_t length = signal.size(0);
  const std::int64_t height = length;
  const auto row_of_value = [&](double value) {
    const double down = (greatest - std::clamp(value, -greatest, greatest)) / (2 * greatest);
    return std::llround(down * static_cast<double>(height - 1));
  };
  const Tensor graph = at::ones({1, height, 2 * length}, at::kFloat);
  graph[0][row_of_value(0)].fill_(0.6);
  const double* const values = signal.const_data_ptr<double>();
  for (std::int64_t k = 0; k < length; ++k) {
    const auto [top, bottom] =
        std::minmax({row_of_value(values[k]), row_of_value(values[std::max<std::int64_t>(k - 1, 0)])});
    graph[0].select(1, 2 * k).slice(0, top, bottom + 1).fill_(-1);  // the step from the number before
    graph[0][row_of_value(values[k])][2 * k + 1] = -1;
  }
  return graph;
}

}  // namespace dpsbench
