#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/files/mask_file.h"
#include "tasks/parts/mask_operator.h"
#include "tasks/parts/random_subset.h"

namespace dpsbench {
namespace {

std::int64_t hidden_pixels(double mask_fraction, const ImageShape& shape) {
  return static_cast<std::int64_t>(static_cast<double>(shape.height * shape.width) * mask_fraction);
}

void check_mask(const OptionValues& values, const ImageShape& shape) {
  if (const std::string& word = values.word("mask_file"); !word.empty()) {
    (void)read_masks(given_file(word), shape);
    return;
  }
  if (values.real("mask_fraction") >= 1)
    throw UserError("mask_fraction: {} hides every pixel; allowed: 0 or more, less than 1",
                    values.real("mask_fraction"));
}

/// [B, 1, H, W] with exactly int(H W mask_fraction) zeros an image.
Tensor draw_mask(double mask_fraction, const ImageShape& shape, const Noise& noise, const TensorOptions& options) {
  const std::int64_t pixels = shape.height * shape.width;
  const Tensor hidden = random_subset(hidden_pixels(mask_fraction, shape), pixels, noise, 0);
  const Tensor mask = at::ones({noise.images(), pixels}, at::kFloat).scatter(1, hidden, 0);
  return mask.reshape({noise.images(), 1, shape.height, shape.width}).to(options);
}

/// The mask of each image: the file's, one of several drawn, or of single pixels that are drawn.
Tensor masks_of(const OptionValues& values, const ImageShape& shape, const Noise& noise, const TensorOptions& options) {
  const std::string& word = values.word("mask_file");
  if (word.empty()) return draw_mask(values.real("mask_fraction"), shape, noise, options);
  const Tensor masks = read_masks(given_file(word), shape);
  return masks.index_select(0, draw_one_of(masks.size(0), noise)).to(options);
}

}  // namespace

TaskEntry inpainting_task() {
  return {
      .name = "inpainting",
      .title = "Inpainting: single pixels hidden at random, or those of a mask from a file, the same in all channels",
      .source = "DPS (Chung et al. 2023), random mask, here one mask an image",
      .linear = true,
      .has_denoising_reference = true,
      .hides_pixels = true,
      .has_svd = true,
      .options = {{.name = "mask_fraction",
                   .default_value = 0.7,
                   .description = "fraction of the pixels removed, under 1",
                   .least = 0,
                   .greatest = 1,
                   .choices = {}},
                  {.name = "mask_file",
                   .default_value = "",
                   .description = "a file of the mask, white or 1 where a pixel is measured, in place of "
                                  "mask_fraction: a picture, .npy, HDF5 (data set mask) or text, of the images' "
                                  "size; of several, K x height x width, each image draws one",
                   .choices = {}}},
      .drawn = "mask",
      .check = check_mask,
      .bind = [](const OptionValues& values, const ImageShape& shape, const Noise& noise,
                 const TensorOptions& options) {
        return std::make_unique<MaskOperator>(masks_of(values, shape, noise, options), shape);
      }};
}

}  // namespace dpsbench
