#include "training/images.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"
#include "datasets/image_file.h"
#include "datasets/remarks.h"
#include "datasets/resize.h"

namespace dpsbench {
namespace {

/// One of 0 .. count - 1, each as likely, from a uniform number in (0, 1).
std::int64_t pick(float uniform, std::int64_t count) {
  return std::min(static_cast<std::int64_t>(static_cast<double>(uniform) * static_cast<double>(count)), count - 1);
}

Dataset open_for(DatasetSpec spec, const CropOptions& crops, const ImageShape& shape) {
  spec.channels = shape.channels;
  spec.size = crops.random ? 0 : shape.height;
  spec.resize = spec.resize && !crops.random;
  Dataset dataset = Dataset::open(spec);
  tell(dataset.remarks());
  return dataset;
}

std::int64_t short_side(const Tensor& image) { return std::min(image.size(1), image.size(2)); }

/// The image shrunk so that its short side is at most `side`.
Tensor shrunk(const Tensor& image, std::int64_t side) {
  const double factor = static_cast<double>(side) / static_cast<double>(short_side(image));
  if (factor >= 1) return image;
  const auto scaled = [&](std::int64_t length) { return std::llround(static_cast<double>(length) * factor); };
  return resize(image, scaled(image.size(1)), scaled(image.size(2)));
}

}  // namespace

TrainingImages::TrainingImages(DatasetSpec spec, const CropOptions& crops, const ImageShape& shape)
    : TrainingImages(open_for(std::move(spec), crops, shape), crops, shape) {}

TrainingImages::TrainingImages(Dataset dataset, const CropOptions& crops, const ImageShape& shape)
    : dataset_(std::move(dataset)), crops_(crops), shape_(shape) {
  if (!crops_.random) {
    (void)dataset_.load(0);  // images of another size are told now, not in the middle of a training
    return;
  }
  for (std::int64_t i = 0; i < dataset_.size(); ++i) {
    const Tensor image = dataset_.load(i);
    if (short_side(image) < shape_.height)
      throw UserError("training: image {} is smaller than a crop of {} x {}", dataset_.id(i), shape_.width,
                      shape_.height);
    photographs_.push_back(bytes_from_image(shrunk(image, crops_.longest_side)));
  }
}

Tensor TrainingImages::whole_image(float which) const { return dataset_.load(pick(which, size())); }

Tensor TrainingImages::random_crop(float which, float scale, float top, float left) const {
  const Tensor& photograph = photographs_[static_cast<std::size_t>(pick(which, size()))];
  // a crop of the photograph at a log-uniform short side s is a larger square of it as it is kept, shrunk by s / kept
  const auto kept = static_cast<double>(short_side(photograph));
  const double smallest = std::min(static_cast<double>(crops_.shortest_side), kept);
  const double s = smallest * std::pow(kept / smallest, static_cast<double>(scale));
  const std::int64_t side = std::clamp(std::llround(static_cast<double>(shape_.height) * kept / s),
                                       static_cast<long long>(shape_.height), static_cast<long long>(kept));
  const std::int64_t y = pick(top, photograph.size(1) - side + 1);
  const std::int64_t x = pick(left, photograph.size(2) - side + 1);
  const Tensor square = image_from_bytes(photograph.narrow(1, y, side).narrow(2, x, side).contiguous());
  return resize(square, shape_.height, shape_.width);
}

Tensor TrainingImages::examples(const Tensor& uniform) const {
  const auto draws = uniform.accessor<float, 2>();
  std::vector<Tensor> images;
  for (std::int64_t k = 0; k < uniform.size(0); ++k) {
    const Tensor image =
        crops_.random ? random_crop(draws[k][0], draws[k][1], draws[k][2], draws[k][3]) : whole_image(draws[k][0]);
    images.push_back(crops_.flips && draws[k][4] < 0.5f ? image.flip(2) : image);
  }
  return at::stack(images);
}

}  // namespace dpsbench
