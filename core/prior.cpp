#include "core/prior.h"

#include <cmath>

#include "core/error.h"

namespace dpsbench {

Tensor Prior::score(const Tensor& x_t, const NoiseLevel& level) const {
  return evaluate(x_t, level, Gradient::none).eps * (-1 / std::sqrt(1 - level.alpha_bar));
}

std::unique_ptr<Prior> Prior::of_class(std::int64_t label) const {
  throw UserError(
      "labels: the prior is told no class of each image, and was to be told {}; allowed: a class-conditional "
      "network of kind unet with label_of_image: true",
      label);
}

}  // namespace dpsbench
