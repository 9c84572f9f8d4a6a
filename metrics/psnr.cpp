#include "metrics/psnr.h"

#include "metrics/unit_images.h"

namespace dpsbench {

Tensor psnr(const Tensor& sample, const Tensor& reference) {
  check_unit_images(sample, reference);
  const Tensor error = sample.to(at::kDouble) - reference.to(at::kDouble);
  const Tensor mean_square = error.square().flatten(1).mean(1);
  return -10 * (mean_square + 1e-8).log10();
}

}  // namespace dpsbench
