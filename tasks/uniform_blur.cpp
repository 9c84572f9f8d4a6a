#include "core/error.h"
#include "core/task_entry.h"
#include "tasks/parts/reflected_blur.h"

namespace dpsbench {
namespace {

void check_taps(const OptionValues& values, const ImageShape& shape) {
  const std::int64_t taps = values.integer("taps");
  if (taps % 2 == 0) throw UserError("taps: {} is even; allowed: odd numbers", taps);
  check_reflection("taps", taps / 2, shape);
}

}  // namespace

TaskEntry uniform_blur_task() {
  return {.name = "uniform_blur",
          .title = "Uniform blur: means over a sliding square",
          .source = "DDRM (Kawar et al. 2022), uniform deblurring with 9 taps, here with reflected edges",
          .linear = true,
          .has_denoising_reference = false,
          .has_svd = true,
          .options = {{.name = "taps",
                       .default_value = std::int64_t{9},
                       .description = "side of the square, pixels, odd",
                       .least = 1,
                       .choices = {}}},
          .check = check_taps,
          .bind = [](const OptionValues& values, const ImageShape& shape, const Noise&, const TensorOptions& options) {
            const auto taps = static_cast<std::size_t>(values.integer("taps"));
            return std::make_unique<ReflectedBlur>(std::vector<double>(taps, 1 / static_cast<double>(taps)), shape,
                                                   options);
          }};
}

}  // namespace dpsbench
