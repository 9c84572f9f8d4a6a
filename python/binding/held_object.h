#pragma once
#include <memory>

#include "python/binding/bind.h"

namespace dpsbench {

/// A Python object in C++'s hands, which hold it without the interpreter's lock.
using HeldObject = std::shared_ptr<const py::object>;

/// Takes hold of it, under the lock. It is let go of under the lock, whichever thread does so; what outlives the
/// interpreter, as the tables of parts do, is never let go of.
HeldObject hold(py::object object);

}  // namespace dpsbench
