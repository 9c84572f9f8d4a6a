#include "python/binding/python_prior.h"

#include <fmt/ranges.h>

#include "core/error.h"
#include "priors/passes/autograd.h"
#include "python/binding/python_failure.h"

namespace dpsbench {

Tensor PythonPrior::answer(const Tensor& input, const Tensor& condition) const {
  const py::gil_scoped_acquire locked;
  try {
    return (*module_)(input, condition).cast<Tensor>();
  } catch (const py::error_already_set& error) {
    throw Error(fmt::format("prior '{}': {}", name_, failure_text(error)));
  } catch (const py::cast_error&) {
    throw Error(fmt::format("prior '{}': its network returned no tensor", name_));
  }
}

Evaluation PythonPrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const {
  if (x_t.dim() != 4 || image_shape(x_t) != shape_)
    throw Error(fmt::format("prior '{}': images of {} x {} x {} are asked for, not [{}]", name_, shape_.channels,
                            shape_.height, shape_.width, fmt::join(x_t.sizes(), ", ")));
  const Tensor condition = at::full({x_t.size(0)}, convention_.condition_of(level), options_);
  const auto predict = [&](const Tensor& x) -> std::pair<Tensor, Tensor> {
    const Tensor output = answer(convention_.input_of(x, level), condition);
    const bool with_variance = output.dim() == 4 && output.size(1) == 2 * shape_.channels;
    const Tensor prediction = with_variance ? output.narrow(1, 0, shape_.channels) : output;
    if (prediction.sizes() != x.sizes())
      throw Error(fmt::format("prior '{}': its network returned the shape [{}] for images [{}]", name_,
                              fmt::join(output.sizes(), ", "), fmt::join(x.sizes(), ", ")));
    return {convention_.noise_of(prediction, x, level),
            with_variance ? output.narrow(1, shape_.channels, shape_.channels) : Tensor()};
  };
  return evaluate_by_autograd(x_t, gradient, predict, in_tf32_);
}

}  // namespace dpsbench
