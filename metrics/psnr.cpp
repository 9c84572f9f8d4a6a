#include "metrics/psnr.h"

#include "metrics/parts/metric_entry.h"
#include "metrics/parts/unit_images.h"

namespace dpsbench {

Tensor psnr(const Tensor& sample, const Tensor& reference) {
  check_unit_images(sample, reference);
  const Tensor error = sample.to(at::kDouble) - reference.to(at::kDouble);
  const Tensor mean_square = error.square().flatten(1).mean(1);
  return -10 * (mean_square + 1e-8).log10();
}

MetricEntry psnr_metric() {
  return {.name = "psnr",
          .title = "PSNR",
          .unit = "dB",
          .convention = "[0, 1] images, data range 1, -10 log10(MSE + 1e-8) over RGB of each image (piq 0.8.0)",
          .better = Better::higher,
          .decimals = 3,
          .weights = {},
          .check = [](const ImageShape&) {},
          .make = pairwise(psnr)};
}

}  // namespace dpsbench
