#pragma once
#include <string>

#include "python/binding/bind.h"

namespace dpsbench {

/// What went wrong in Python, in one line: the exception and the last lines of its traceback
/// (python/dpsbench/failure.py). Under the lock.
std::string failure_text(const py::error_already_set& error);

}  // namespace dpsbench
