#include "metrics/parts/metric_entry.h"

#include <algorithm>
#include <cmath>

#include "core/error.h"

namespace dpsbench {

std::function<void(const ImageShape&)> at_least(const std::string& name, std::int64_t side) {
  return [=](const ImageShape& shape) {
    if (std::min(shape.height, shape.width) < side)
      throw UserError("the metric {0} needs images of at least {1} x {1} pixels; these have {2} x {3}", name, side,
                      shape.height, shape.width);
  };
}

double MetricEntry::loss(double value) const {
  switch (better) {
    case Better::higher:
      return -value;
    case Better::lower:
      return value;
    case Better::near_target:
      return std::abs(value - target);
  }
  throw Error("unknown direction of a metric");
}

}  // namespace dpsbench
