#include "core/task_entry.h"
#include "tasks/parts/resize_matrix.h"
#include "tasks/parts/super_resolution_operator.h"

namespace dpsbench {

TaskEntry super_resolution_task() {
  return {.name = "super_resolution",
          .title = "Super resolution: bicubic shrinking",
          .source = "DPS (Chung et al. 2023), the bicubic Resizer with antialiasing and mirrored edges",
          .linear = true,
          .has_denoising_reference = true,
          .has_svd = true,
          .options = super_resolution_options(),
          .check = check_scale,
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise&, const TensorOptions& options) {
            const std::int64_t scale = values.integer("scale");
            return std::make_unique<SuperResolutionOperator>(bicubic_matrix(shape.height, scale),
                                                             bicubic_matrix(shape.width, scale), scale,
                                                             enlargement_of(values), shape, options);
          }};
}

}  // namespace dpsbench
