#include "datasets/resize.h"

#include <algorithm>

#include "core/error.h"

namespace dpsbench {

Tensor centre_square(const Tensor& image) {
  const std::int64_t side = std::min(image.size(1), image.size(2));
  return image.narrow(1, (image.size(1) - side) / 2, side).narrow(2, (image.size(2) - side) / 2, side).contiguous();
}

Tensor resize(const Tensor& image, std::int64_t height, std::int64_t width) {
  if (image.size(1) == height && image.size(2) == width) return image;
  const bool align_corners = false;
  return at::_upsample_bicubic2d_aa(image.unsqueeze(0), {height, width}, align_corners).squeeze(0).clamp(-1, 1);
}

Tensor with_channels(const Tensor& image, std::int64_t channels) {
  if (image.size(0) == channels) return image;
  if (image.size(0) == 1 && channels == 3) return image.repeat({3, 1, 1});
  if (image.size(0) == 3 && channels == 1)
    return (image.narrow(0, 0, 1) * 0.299 + image.narrow(0, 1, 1) * 0.587 + image.narrow(0, 2, 1) * 0.114);
  throw Error(fmt::format("images have 1 or 3 channels, not {} to be made {}", image.size(0), channels));
}

Tensor pad_to_square(const Tensor& image, std::int64_t size) {
  const std::int64_t top = (size - image.size(1)) / 2;
  const std::int64_t left = (size - image.size(2)) / 2;
  const Tensor padded = at::full({image.size(0), size, size}, -1.0, image.options());
  padded.narrow(1, top, image.size(1)).narrow(2, left, image.size(2)).copy_(image);
  return padded;
}

}  // namespace dpsbench
