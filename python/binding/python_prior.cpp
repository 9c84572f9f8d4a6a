#include "python/binding/python_prior.h"

#include <fmt/ranges.h>

#include "core/error.h"
#include "python/binding/python_failure.h"

namespace dpsbench {

PythonPrior::PythonPrior(std::string name, HeldObject predictor, const ImageShape& shape, const TensorOptions& options)
    : name_(std::move(name)), predictor_(std::move(predictor)), shape_(shape), options_(options) {
  const py::gil_scoped_acquire locked;
  smallest_sigma_ = predictor_->attr("smallest_sigma").cast<double>();
  clips_ = predictor_->attr("clips").cast<bool>();
}

Evaluation PythonPrior::evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const {
  if (x_t.dim() != 4 || image_shape(x_t) != shape_)
    throw Error(fmt::format("prior '{}': images of {} x {} x {} are asked for, not [{}]", name_, shape_.channels,
                            shape_.height, shape_.width, fmt::join(x_t.sizes(), ", ")));
  return evaluate_by_autograd(x_t, gradient, [&](const Tensor& x) -> std::pair<Tensor, Tensor> {
    const py::gil_scoped_acquire locked;
    try {
      const auto answer =
          (*predictor_)(x, level.alpha_bar, level.time).cast<std::pair<Tensor, std::optional<Tensor>>>();
      return {answer.first, answer.second.value_or(Tensor())};
    } catch (const py::error_already_set& error) {
      throw Error(fmt::format("prior '{}': {}", name_, failure_text(error)));
    }
  });
}

}  // namespace dpsbench
