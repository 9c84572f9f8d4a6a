#pragma once
#include <string>

#include "core/tensor.h"

namespace dpsbench {

/// The GPU's address on its machine's bus, whatever number the process knows it by. Throws Error with CUDA's reason.
std::string bus_address(const at::Device& device);

}  // namespace dpsbench
