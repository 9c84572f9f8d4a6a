#include "runner/afterwards/fitted_picture.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "datasets/resize.h"

namespace dpsbench {
namespace {

/// The largest centred part whose sides are as height to width.
Tensor centre(const Tensor& image, std::int64_t height, std::int64_t width) {
  const auto scale = std::min(static_cast<double>(image.size(1)) / static_cast<double>(height),
                              static_cast<double>(image.size(2)) / static_cast<double>(width));
  const auto side = [scale](std::int64_t wanted, std::int64_t most) {
    return std::clamp<std::int64_t>(std::llround(scale * static_cast<double>(wanted)), 1, most);
  };
  const std::int64_t rows = side(height, image.size(1));
  const std::int64_t columns = side(width, image.size(2));
  return image.narrow(1, (image.size(1) - rows) / 2, rows).narrow(2, (image.size(2) - columns) / 2, columns);
}

/// Means over areas, [C, H, W] -> [C, height, width].
Tensor area_means(const Tensor& image, std::int64_t height, std::int64_t width) {
  return at::adaptive_avg_pool2d(image.unsqueeze(0), {height, width})[0];
}

}  // namespace

FittedPictures fit(const Tensor& picture, const Tensor& mask, std::int64_t height, std::int64_t width) {
  FittedPictures fitted{picture, mask, {}};
  if (picture.size(1) == height && picture.size(2) == width) return fitted;
  const Tensor part = centre(picture, height, width);
  fitted.picture = mask.defined() ? area_means(part, height, width) : resize(part, height, width);
  constexpr double all_known = 1 - 1e-6;
  if (mask.defined()) fitted.mask = (area_means(centre(mask, height, width), height, width) > all_known).to(at::kFloat);
  const bool cut = part.size(1) != picture.size(1) || part.size(2) != picture.size(2);
  fitted.done = fmt::format("{}{} x {} pixels (height, width) resampled to {} x {}", cut ? "its middle of " : "its ",
                            part.size(1), part.size(2), height, width);
  return fitted;
}

}  // namespace dpsbench
