#include "metrics/consistency.h"

#include "core/error.h"
#include "metrics/parts/metric_entry.h"

namespace dpsbench {

Tensor consistency(const Tensor& residual, const Tensor& measured, double sigma_y) {
  if (!(sigma_y > 0))
    throw UserError("the metric consistency needs measurement noise: sigma_y is {}, allowed is > 0", sigma_y);
  const Tensor r = residual.to(at::kDouble);
  const Tensor counted = measured.defined() ? measured.to(r.options()).expand_as(r) : at::ones_like(r);
  const Tensor square = (r * counted).square().flatten(1).sum(1);
  return (square / counted.flatten(1).sum(1)).sqrt() / sigma_y;
}

MetricEntry consistency_metric() {
  MetricEntry entry;
  entry.name = "consistency";
  entry.title = "Residual";
  entry.convention =
      "||A x - y|| / (sigma_y sqrt(m)) over the m measured entries, [-1, 1] images; 1 for a sample of the true "
      "posterior";
  entry.better = Better::near_target;
  entry.decimals = 3;
  entry.needs_measurement = true;
  entry.check = [](const ImageShape&) {};
  entry.make = [](const WeightMap&, const at::Device&) -> MetricFunction {
    return [](const MetricInputs& inputs) {
      if (!inputs.residual.defined()) throw Error("the metric consistency was given no residual A x - y");
      return consistency(inputs.residual, inputs.measured, inputs.sigma_y);
    };
  };
  return entry;
}

}  // namespace dpsbench
