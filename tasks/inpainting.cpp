#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/parts/mask_operator.h"
#include "tasks/parts/random_subset.h"

namespace dpsbench {
namespace {

std::int64_t hidden_pixels(double mask_fraction, const ImageShape& shape) {
  return static_cast<std::int64_t>(static_cast<double>(shape.height * shape.width) * mask_fraction);
}

void check_fraction(const OptionValues& values, const ImageShape&) {
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

}  // namespace

TaskEntry inpainting_task() {
  return {.name = "inpainting",
          .title = "Random inpainting: single pixels hidden, the same in all channels",
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
                       .choices = {}}},
          .drawn = "mask",
          .check = check_fraction,
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise& noise,
                     const TensorOptions& options) {
            return std::make_unique<MaskOperator>(draw_mask(values.real("mask_fraction"), shape, noise, options),
                                                  shape);
          }};
}

}  // namespace dpsbench
