#include "metrics/ms_ssim.h"

#include <algorithm>
#include <array>

#include "core/error.h"
#include "metrics/parts/metric_entry.h"
#include "metrics/parts/unit_images.h"
#include "metrics/ssim.h"

namespace dpsbench {
namespace {

constexpr std::array<double, 5> scale_weights = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};

/// Averages over 2 x 2 pixels. With an odd side, both sides first get one copied row or column at their beginning, as
/// in piq.
Tensor halve(const Tensor& images) {
  const std::int64_t odd = std::max(images.size(2) % 2, images.size(3) % 2);
  const Tensor even = odd == 0 ? images : at::replication_pad2d(images, {1, 0, 1, 0});
  return at::avg_pool2d(even, {2, 2}, {2, 2});
}

}  // namespace

Tensor ms_ssim(const Tensor& sample, const Tensor& reference) {
  check_unit_images(sample, reference);
  if (std::min(sample.size(2), sample.size(3)) < ms_ssim_least_side)
    throw Error(fmt::format("multi-scale SSIM needs images of at least {0} x {0} pixels; these have {1} x {2}",
                            ms_ssim_least_side, sample.size(2), sample.size(3)));
  Tensor x = sample.to(at::kDouble);
  Tensor y = reference.to(at::kDouble);
  Tensor product = at::ones({x.size(0), x.size(1)}, x.options());
  for (std::size_t scale = 0; scale < scale_weights.size(); ++scale) {
    if (scale > 0) {
      x = halve(x);
      y = halve(y);
    }
    const SimilarityTerms terms = similarity_terms(x, y);
    const bool coarsest = scale + 1 == scale_weights.size();
    product = product * (coarsest ? terms.ssim : terms.contrast).relu().pow(scale_weights.at(scale));
  }
  return product.mean(1);
}

MetricEntry ms_ssim_metric() {
  return {.name = "ms_ssim",
          .title = "MS-SSIM",
          .unit = "",
          .convention =
              "[0, 1] images, data range 1, 11 x 11 Gaussian window sigma 1.5, scale weights .0448 "
              ".2856 .3001 .2363 .1333, mean over channels (piq 0.8.0)",
          .better = Better::higher,
          .decimals = 3,
          .weights = {},
          .check = at_least("ms_ssim", ms_ssim_least_side),
          .make = pairwise(ms_ssim)};
}

}  // namespace dpsbench
