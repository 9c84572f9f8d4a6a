#include "results/figures/signal_picture.h"

#include <algorithm>
#include <cmath>

namespace dpsbench {

Tensor picture_of_signal(const Tensor& image) {
  constexpr double greatest = 2;
  constexpr std::int64_t most_places = 128;
  if (image.size(1) != 1 || image.size(2) < 2) return image;
  const Tensor signal = image[0][0].to(at::kCPU, at::kDouble).nan_to_num(0).contiguous();
  const std::int64_t length = signal.size(0);
  const std::int64_t places = std::min(length, most_places);
  const std::int64_t height = places;
  const auto row_of_value = [&](double value) {
    const double down = (greatest - std::clamp(value, -greatest, greatest)) / (2 * greatest);
    return std::llround(down * static_cast<double>(height - 1));
  };
  const Tensor graph = at::ones({1, height, 2 * places}, at::kFloat);
  graph[0][row_of_value(0)].fill_(0.6);
  const double* const values = signal.const_data_ptr<double>();
  for (std::int64_t place = 0; place < places; ++place) {
    const double* const first = values + place * length / places;
    const double* const last = values + (place + 1) * length / places;
    const auto [least, most] = std::minmax_element(place == 0 ? first : first - 1, last);  // from the number before on
    graph[0].select(1, 2 * place).slice(0, row_of_value(*most), row_of_value(*least) + 1).fill_(-1);
    graph[0][row_of_value(last[-1])][2 * place + 1] = -1;
  }
  return graph;
}

}  // namespace dpsbench
