// dpsbench._core: the C++ core for Python. The package around it (python/dpsbench) says what it is for; torch must be
// imported first, whose libraries are those that this module uses.
#include "python/binding/bind.h"

PYBIND11_MODULE(_core, core) {
  core.doc() = "The C++ core of dpsbench; use it through the package dpsbench.";
  dpsbench::bind_errors(core);
  dpsbench::bind_schedule(core);
  dpsbench::bind_arithmetic(core);
  dpsbench::bind_noise(core);
  dpsbench::bind_operator(core);
  dpsbench::bind_problem(core);
  dpsbench::bind_registration(core);
  dpsbench::bind_trial(core);
  dpsbench::bind_weights(core);
  dpsbench::bind_statistics(core);
  dpsbench::bind_program(core);
}
