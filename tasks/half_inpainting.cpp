#include "core/task_entry.h"
#include "tasks/parts/mask_operator.h"

namespace dpsbench {
namespace {

Tensor half_mask(const std::string& side, const ImageShape& shape, const Noise& noise, const TensorOptions& options) {
  const Tensor mask = at::ones({noise.images(), 1, shape.height, shape.width}, options);
  const int axis = side == "left" || side == "right" ? 3 : 2;
  const std::int64_t hidden = mask.size(axis) / 2;
  const std::int64_t start = side == "left" || side == "top" ? 0 : mask.size(axis) - hidden;
  mask.narrow(axis, start, hidden).fill_(0);
  return mask;
}

}  // namespace

TaskEntry half_inpainting_task() {
  return {.name = "half_inpainting",
          .title = "Half inpainting: one half of the image hidden",
          .source = "RePaint (Lugmayr et al. 2022), half mask",
          .linear = true,
          .has_denoising_reference = true,
          .hides_pixels = true,
          .has_svd = true,
          .options = {{.name = "side",
                       .default_value = "right",
                       .description = "the half that is hidden",
                       .choices = {"left", "right", "top", "bottom"}}},
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise& noise,
                     const TensorOptions& options) {
            return std::make_unique<MaskOperator>(half_mask(values.word("side"), shape, noise, options), shape);
          }};
}

}  // namespace dpsbench
