#include "python/binding/batch.h"

#include "core/error.h"
#include "python/binding/stopped.h"

namespace dpsbench {

const Problem& Batch::problem() const {
  if (problem_ == nullptr) throw UserError("this batch is over: a problem is good for the call that it was given to");
  return *problem_;
}

void Batch::show(const StepRecord& record) {
  static_cast<void>(problem());
  rethrow();
  last_ = record;
  try {
    observer_->on_step(record);
  } catch (...) {
    stopped_ = std::current_exception();
  }
  if (!stopped_) return;
  const py::gil_scoped_acquire locked;
  PyErr_SetString(stopped_type().ptr(), "the run is to end");
  throw py::error_already_set();
}

}  // namespace dpsbench
