#include "python/binding/python_failure.h"

namespace dpsbench {

std::string failure_text(const py::error_already_set& error) {
  const py::object trace = error.trace() ? error.trace() : py::none();
  try {
    return py::module_::import("dpsbench.failure").attr("describe")(error.value(), trace).cast<std::string>();
  } catch (const py::error_already_set&) {  // an exception that cannot even be printed
    return "an exception in Python";
  }
}

}  // namespace dpsbench
