#include "python/binding/held_object.h"

namespace dpsbench {

HeldObject hold(py::object object) {
  return {new py::object(std::move(object)), [](const py::object* held) {
            if (Py_IsInitialized() == 0) return;
            const py::gil_scoped_acquire locked;
            delete held;
          }};
}

}  // namespace dpsbench
