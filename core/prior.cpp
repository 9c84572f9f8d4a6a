#include "core/prior.h"

#include <cmath>

namespace dpsbench {

Tensor Prior::score(const Tensor& x_t, const NoiseLevel& level) const {
  return evaluate(x_t, level, Gradient::none).eps * (-1 / std::sqrt(1 - level.alpha_bar));
}

}  // namespace dpsbench
