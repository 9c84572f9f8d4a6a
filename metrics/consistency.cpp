#include "metrics/consistency.h"

#include "core/error.h"

namespace dpsbench {

Tensor consistency(const Tensor& residual, const Tensor& measured, double sigma_y) {
  if (!(sigma_y > 0))
    throw UserError("the metric consistency needs measurement noise: sigma_y is {}, allowed is > 0", sigma_y);
  const Tensor r = residual.to(at::kDouble);
  const Tensor counted = measured.defined() ? measured.to(r.options()).expand_as(r) : at::ones_like(r);
  const Tensor square = (r * counted).square().flatten(1).sum(1);
  return (square / counted.flatten(1).sum(1)).sqrt() / sigma_y;
}

}  // namespace dpsbench
