#include "python/binding/python_operator.h"

#include <fmt/ranges.h>

#include "core/error.h"
#include "python/binding/python_failure.h"

namespace dpsbench {
namespace {

constexpr double pseudo_inverse_regularisation = 1e-6;  // images lie in [-1, 1]

}  // namespace

template <typename... Tensors>
Tensor PythonOperator::asked(const char* what, const std::vector<std::int64_t>& shape, const Tensors&... of) const {
  const py::gil_scoped_acquire locked;
  try {
    const Tensor answer = bound_->attr(what)(of...).template cast<Tensor>().detach();
    if (!shape.empty() && (answer.dim() < 1 || answer.sizes().slice(1) != at::IntArrayRef(shape)))
      throw PartError(fmt::format("task '{}': {} returned the shape [{}]; allowed: [B, {}]", name_, what,
                              fmt::join(answer.sizes(), ", "), fmt::join(shape, ", ")));
    return answer;
  } catch (const py::error_already_set& error) {
    throw PartError(fmt::format("task '{}': {}: {}", name_, what, failure_text(error)));
  } catch (const py::cast_error&) {
    throw PartError(fmt::format("task '{}': {} returned no tensor", name_, what));
  }
}

PythonOperator::PythonOperator(std::string name, HeldObject bound, bool linear, const ImageShape& shape,
                               std::int64_t images, const TensorOptions& options)
    : name_(std::move(name)),
      bound_(std::move(bound)),
      linear_(linear),
      image_shape_{shape.channels, shape.height, shape.width},
      options_(options) {
  const Tensor of_zeros = asked("forward", {}, at::zeros(shape.batch(images), options));
  if (of_zeros.dim() < 2 || of_zeros.size(0) != images)
    throw PartError(fmt::format("task '{}': forward returned the shape [{}] for {} images; allowed: [{}, ...]", name_,
                            fmt::join(of_zeros.sizes(), ", "), images, images));
  measurement_shape_ = of_zeros.sizes().slice(1).vec();
  const py::gil_scoped_acquire locked;
  if (const py::object mask = bound_->attr("measured"); !mask.is_none()) measured_ = mask.cast<Tensor>().to(options);
}

Tensor PythonOperator::forward(const Tensor& x) const { return asked("forward", measurement_shape_, x); }

Tensor PythonOperator::vjp(const Tensor& x, const Tensor& v) const {
  std::vector<std::int64_t> batch = {v.size(0)};
  batch.insert(batch.end(), image_shape_.begin(), image_shape_.end());
  return asked("vjp", image_shape_, x.defined() ? x : at::zeros(batch, options_), v);
}

Tensor PythonOperator::pseudo_inverse(const Tensor& y) const {
  bool has_own = false;
  {
    const py::gil_scoped_acquire locked;
    has_own = bound_->attr("has_pseudo_inverse").cast<bool>();
  }
  if (has_own) return asked("pseudo_inverse", image_shape_, y);
  return adjoint(solve_gram(y, pseudo_inverse_regularisation));
}

}  // namespace dpsbench
