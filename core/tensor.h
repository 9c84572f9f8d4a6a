#pragma once
#include <ATen/ATen.h>

#include <cstdint>
#include <vector>

namespace dpsbench {

using at::Tensor;
using at::TensorOptions;

/// Channels, height and width of one image. A batch is [B, C, H, W].
struct ImageShape {
  std::int64_t channels = 3;
  std::int64_t height = 0;
  std::int64_t width = 0;

  [[nodiscard]] std::int64_t elements() const { return channels * height * width; }
  [[nodiscard]] std::vector<std::int64_t> batch(std::int64_t images) const { return {images, channels, height, width}; }
  bool operator==(const ImageShape&) const = default;
};

/// The shape of one image of a batch [B, C, H, W].
inline ImageShape image_shape(const Tensor& batch) { return {batch.size(1), batch.size(2), batch.size(3)}; }

/// <a, b> of each image: [B, ...] x [B, ...] -> [B]. Never couples the images of a batch.
inline Tensor image_dot(const Tensor& a, const Tensor& b) { return (a * b).flatten(1).sum(1); }

/// Euclidean norm of each image: [B, ...] -> [B].
inline Tensor image_norm(const Tensor& a) { return image_dot(a, a).sqrt(); }

/// One number an image, shaped to multiply a batch like `batch`: [B] -> [B, 1, 1, ...].
inline Tensor per_image(const Tensor& numbers, const Tensor& batch) {
  std::vector<std::int64_t> shape(static_cast<std::size_t>(batch.dim()), 1);
  shape[0] = numbers.size(0);
  return numbers.reshape(shape);
}

}  // namespace dpsbench
