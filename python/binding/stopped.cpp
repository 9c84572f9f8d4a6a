#include "python/binding/stopped.h"

namespace dpsbench {

py::handle stopped_type() {
  static PyObject* const type =
      PyErr_NewExceptionWithDoc("dpsbench.Stopped", "The run is to end; let it pass.", PyExc_BaseException, nullptr);
  return type;
}

}  // namespace dpsbench
