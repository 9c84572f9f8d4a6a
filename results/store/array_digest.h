#pragma once
#include <string>

#include "core/tensor.h"

namespace dpsbench {

/// SHA-256 of an array's type, shape and numbers, as 64 hexadecimal digits: the same for the same array wherever it
/// lies.
std::string array_digest(const Tensor& values);

}  // namespace dpsbench
