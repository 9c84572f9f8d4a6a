#include "core/task_entry.h"
#include "tasks/parts/resize_matrix.h"
#include "tasks/parts/super_resolution_operator.h"

namespace dpsbench {

TaskEntry super_resolution_pooling_task() {
  return {.name = "super_resolution_pooling",
          .title = "Super resolution: means over square blocks",
          .source = "DDRM (Kawar et al. 2022), super resolution by averaging",
          .linear = true,
          .has_denoising_reference = true,
          .has_svd = true,
          .options = super_resolution_options(),
          .check = check_scale,
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise&, const TensorOptions& options) {
            const std::int64_t scale = values.integer("scale");
            return std::make_unique<SuperResolutionOperator>(pooling_matrix(shape.height, scale),
                                                             pooling_matrix(shape.width, scale), scale,
                                                             enlargement_of(values), shape, options);
          }};
}

}  // namespace dpsbench
