#pragma once
#include "python/binding/bind.h"

namespace dpsbench {

/// `dpsbench.Stopped`, what a Python sampler meets where its run is to end (a signal, images that all left the finite
/// numbers): no Exception, so that `except Exception` does not hold it up.
py::handle stopped_type();

}  // namespace dpsbench
