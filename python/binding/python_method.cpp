#include "python/binding/python_method.h"

#include <ATen/core/grad_mode.h>
#include <fmt/ranges.h>
#include <torch/csrc/autograd/python_variable.h>

#include "core/error.h"
#include "python/binding/loan.h"
#include "python/binding/python_failure.h"

namespace dpsbench {
namespace {

/// The images in what a sampler returned, in the prior's number type and on its device.
Tensor images_of(const py::object& answer, const Problem& problem, const std::string& name) {
  if (!THPVariable_Check(answer.ptr()))
    throw PartError(fmt::format("method '{}' returned {}, not a tensor", name,
                                py::str(py::type::of(answer).attr("__name__")).cast<std::string>()));
  const Tensor images = answer.cast<Tensor>().detach();
  const std::vector<std::int64_t> wanted = problem.shape().batch(problem.noise.images());
  if (images.sizes() != at::IntArrayRef(wanted))
    throw PartError(fmt::format("method '{}' returned the shape [{}]; allowed: [{}]", name,
                                fmt::join(images.sizes(), ", "), fmt::join(wanted, ", ")));
  if (!images.is_floating_point())
    throw PartError(
        fmt::format("method '{}' returned numbers of type {}; allowed: real numbers", name, images.dtype().name()));
  return images.to(problem.options());
}

/// The last state goes through the observer's checks even if the sampler showed other numbers, or nothing.
void show_last(Batch& batch, const Tensor& images) {
  const StepRecord& last = batch.last();
  if (last.done == last.total && last.state.defined() && at::equal(last.state, images)) return;
  const std::int64_t total = std::max<std::int64_t>(last.total, 1);
  batch.show({total, total, images, images, {}});
}

}  // namespace

Tensor PythonMethod::sample(const Problem& problem, Observer& observer) const {
  const py::gil_scoped_acquire locked;
  const at::AutoGradMode with_gradients(true);
  const Loan loan(problem, observer);
  std::string reason;
  try {
    const py::object answer = (*function_)(loan.problem(), *options_);
    loan.batch().rethrow();
    const Tensor images = images_of(answer, problem, name_);
    show_last(loan.batch(), images);
    return images;
  } catch (const py::error_already_set& error) {
    loan.batch().rethrow();
    reason = failure_text(error);
  }
  throw PartError(fmt::format("method '{}': {}", name_, reason));
}

}  // namespace dpsbench
