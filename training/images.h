#pragma once
#include <vector>

#include "datasets/dataset.h"
#include "training/options.h"

namespace dpsbench {

/// The images a network is trained on, as an endless supply of examples addressed by random numbers.
class TrainingImages {
 public:
  /// Random numbers that one example takes.
  static constexpr std::int64_t kDraws = 5;

  /// Opens the data set. Whole images are read when they are drawn; for random crops all images are kept in memory as
  /// bytes, shrunk to crops.longest_side. Throws UserError and DataError as Dataset does, and UserError for photographs
  /// smaller than a crop.
  TrainingImages(DatasetSpec spec, const CropOptions& crops, const ImageShape& shape);

  /// The same of a data set that is open, of images of that shape or photographs.
  TrainingImages(Dataset dataset, const CropOptions& crops, const ImageShape& shape);

  /// How many images there are to draw from.
  [[nodiscard]] std::int64_t size() const { return dataset_.size(); }

  /// The examples that uniform random numbers in (0, 1) [B, kDraws] choose: [B, C, H, W] in [-1, 1].
  [[nodiscard]] Tensor examples(const Tensor& uniform) const;

 private:
  [[nodiscard]] Tensor whole_image(float which) const;
  [[nodiscard]] Tensor random_crop(float which, float scale, float top, float left) const;

  Dataset dataset_;
  CropOptions crops_;
  ImageShape shape_;
  std::vector<Tensor> photographs_;  ///< [C, H, W] uint8, for random crops
};

}  // namespace dpsbench
