#include "core/error.h"
#include "python/binding/bind.h"
#include "python/binding/stopped.h"

namespace dpsbench {

void bind_errors(py::module_& core) {
  // the last registered is asked first
  auto& error = py::register_exception<Error>(core, "Error", PyExc_RuntimeError);
  py::register_exception<UserError>(core, "UserError", error);
  py::register_exception<DataError>(core, "DataError", error);
  py::register_exception<NumericError>(core, "NumericError", error);
  core.attr("Stopped") = stopped_type();
}

}  // namespace dpsbench
