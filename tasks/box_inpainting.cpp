#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/parts/mask_operator.h"

namespace dpsbench {
namespace {

/// How many places along an axis the box may start at.
std::int64_t places(const OptionValues& values, std::int64_t length) {
  return length - 2 * values.integer("margin") - values.integer("size");
}

void check_box(const OptionValues& values, const ImageShape& shape) {
  if (places(values, std::min(shape.height, shape.width)) < 1)
    throw UserError(
        "size: a box of {} with margin {} does not fit an image of {} x {}; allowed: size + 2 margin below {}",
        values.integer("size"), values.integer("margin"), shape.height, shape.width,
        std::min(shape.height, shape.width));
}

Tensor draw_mask(const OptionValues& values, const ImageShape& shape, const Noise& noise,
                 const TensorOptions& options) {
  const std::int64_t size = values.integer("size");
  const std::int64_t margin = values.integer("margin");
  const Tensor place = noise.uniform(Purpose::mask, 0, {2}, at::kFloat).to(at::kDouble);
  const Tensor mask = at::ones({noise.images(), 1, shape.height, shape.width}, at::kFloat);
  for (std::int64_t image = 0; image < noise.images(); ++image) {
    const auto start = [&](int axis, std::int64_t length) {
      const auto fraction = place[image][axis].item<double>();
      return margin + static_cast<std::int64_t>(fraction * static_cast<double>(places(values, length)));
    };
    mask[image].narrow(1, start(0, shape.height), size).narrow(2, start(1, shape.width), size).fill_(0);
  }
  return mask.to(options);
}

}  // namespace

TaskEntry box_inpainting_task() {
  return {.name = "box_inpainting",
          .title = "Box inpainting: a square hidden at a random place",
          .source = "DPS (Chung et al. 2023), box mask, here one place an image",
          .linear = true,
          .has_denoising_reference = true,
          .hides_pixels = true,
          .has_svd = true,
          .options = {{.name = "size",
                       .default_value = std::int64_t{128},
                       .description = "side of the hidden square, pixels",
                       .least = 1,
                       .choices = {}},
                      {.name = "margin",
                       .default_value = std::int64_t{16},
                       .description = "pixels at the image's edges that the square leaves free",
                       .least = 0,
                       .choices = {}}},
          .drawn = "mask",
          .check = check_box,
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise& noise,
                     const TensorOptions& options) {
            return std::make_unique<MaskOperator>(draw_mask(values, shape, noise, options), shape);
          }};
}

}  // namespace dpsbench
