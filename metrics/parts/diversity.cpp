#include "metrics/parts/diversity.h"

#include "core/error.h"

namespace dpsbench {

Tensor diversity(const Tensor& samples) {
  if (samples.dim() != 5 || samples.size(1) < 2)
    throw Error(fmt::format("diversity needs samples [N, S, C, H, W] with S >= 2; these are [{}]",
                            fmt::join(samples.sizes(), ", ")));
  return samples.to(at::kDouble).std(1, /*unbiased=*/true).flatten(1).mean(1);
}

}  // namespace dpsbench
