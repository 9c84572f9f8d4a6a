#include <cmath>

#include "core/task_entry.h"
#include "tasks/parts/reflected_blur.h"

namespace dpsbench {
namespace {

/// Where scipy's gaussian_filter, which made DPS's kernel, cuts the Gaussian: at four standard deviations.
std::int64_t radius_of(double sigma) { return static_cast<std::int64_t>(4 * sigma + 0.5); }

std::vector<double> gaussian_taps(double sigma) {
  const std::int64_t radius = radius_of(sigma);
  std::vector<double> taps;
  double sum = 0;
  for (std::int64_t k = -radius; k <= radius; ++k) {
    const double offset = static_cast<double>(k) / sigma;
    taps.push_back(std::exp(-0.5 * offset * offset));
    sum += taps.back();
  }
  for (double& tap : taps) tap /= sum;
  return taps;
}

}  // namespace

TaskEntry gaussian_blur_task() {
  return {.name = "gaussian_blur",
          .title = "Gaussian blur",
          .source = "DPS (Chung et al. 2023): 61 x 61 kernel, standard deviation 3, of which 25 x 25 is not zero",
          .linear = true,
          .has_denoising_reference = false,
          .has_svd = true,
          .options = {{.name = "sigma",
                       .default_value = 3.0,
                       .description = "standard deviation of the blur, pixels",
                       .least = 0.2,
                       .greatest = 7,  // beyond, DPS's window of 61 pixels would cut the kernel
                       .choices = {}}},
          .check = [](const OptionValues& values,
                      const ImageShape& shape) { check_reflection("sigma", radius_of(values.real("sigma")), shape); },
          .bind =
              [](const OptionValues& values, const ImageShape& shape, const Noise&, const TensorOptions& options) {
                return std::make_unique<ReflectedBlur>(gaussian_taps(values.real("sigma")), shape, options);
              }};
}

}  // namespace dpsbench
