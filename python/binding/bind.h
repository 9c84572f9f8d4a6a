#pragma once
#include <torch/csrc/utils/pybind.h>

namespace dpsbench {

namespace py = pybind11;

// What each file of this room adds to the module `dpsbench._core`.
void bind_errors(py::module_& core);
void bind_schedule(py::module_& core);
void bind_arithmetic(py::module_& core);
void bind_noise(py::module_& core);
void bind_operator(py::module_& core);
void bind_problem(py::module_& core);
void bind_registration(py::module_& core);
void bind_trial(py::module_& core);
void bind_weights(py::module_& core);
void bind_statistics(py::module_& core);
void bind_program(py::module_& core);

/// What lets other Python threads run while C++ works, and must stand around every call that computes.
using Unlocked = py::call_guard<py::gil_scoped_release>;

}  // namespace dpsbench
