#include "metrics/parts/unit_images.h"

#include "core/error.h"

namespace dpsbench {
namespace {

void check_range(const Tensor& images, const char* which) {
  const Tensor inside = (images >= 0).logical_and(images <= 1);  // false for NaN as well
  if (!inside.all().item<bool>())
    throw Error(fmt::format("the {} images of a metric have values outside [0, 1] (least {}, greatest {})", which,
                            images.min().item<double>(), images.max().item<double>()));
}

}  // namespace

Tensor to_unit_range(const Tensor& images) { return images.to(at::kDouble).add(1).div(2).clamp(0, 1); }

void check_unit_images(const Tensor& sample, const Tensor& reference) {
  if (sample.dim() != 4 || sample.sizes() != reference.sizes() || sample.numel() == 0)
    throw Error(fmt::format("a metric compares two batches [B, C, H, W] of one shape; these are [{}] and [{}]",
                            fmt::join(sample.sizes(), ", "), fmt::join(reference.sizes(), ", ")));
  check_range(sample, "sample");
  check_range(reference, "reference");
}

}  // namespace dpsbench
