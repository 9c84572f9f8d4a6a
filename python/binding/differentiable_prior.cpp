#include "python/binding/differentiable_prior.h"

#include <ATen/core/grad_mode.h>
#include <fmt/ranges.h>

#include "core/error.h"
#include "python/binding/differentiable.h"

namespace dpsbench {

void DifferentiablePrior::check(const Tensor& x_t) const {
  const ImageShape shape = prior().shape();
  const TensorOptions options = prior().options();
  if (x_t.dim() != 4 || image_shape(x_t) != shape)
    throw UserError("prior: x_t has the shape [{}]; allowed: [B, {}, {}, {}]", fmt::join(x_t.sizes(), ", "),
                    shape.channels, shape.height, shape.width);
  if (x_t.dtype() != options.dtype() || x_t.device() != options.device())
    throw UserError("prior: x_t is {} on {}; the prior takes {} on {}", x_t.dtype().name(), x_t.device().str(),
                    options.dtype().name(), options.device().str());
}

Evaluation DifferentiablePrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient) const {
  check(x_t);
  const Gradient gradient = wants_gradient(x_t) ? Gradient::wanted : Gradient::none;
  Evaluation evaluation;
  {
    const at::NoGradGuard no_grad;
    evaluation = prior().evaluate(x_t.detach(), level, gradient);
  }
  const auto pull_back = [batch = batch_, through = std::move(evaluation.pull_back)](const Tensor& cotangent) {
    static_cast<void>(batch->problem());  // the prior is there still
    return through({cotangent})[0];
  };
  return {differentiable("prior", x_t, evaluation.eps, pull_back, true), evaluation.variance_fraction, {}};
}

}  // namespace dpsbench
