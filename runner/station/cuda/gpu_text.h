#pragma once
#include <string>

#include "core/tensor.h"

namespace dpsbench {

/// "NVIDIA A100-SXM4-80GB (driver for CUDA 13.0, runtime 13.0, cuDNN 9.19.0)". Throws UserError if CUDA does not
/// answer.
std::string gpu_text(const at::Device& device);

/// "13.0, driver for CUDA 13.1", or "13.0, no driver": the runtime's version and the newest that the driver serves.
std::string cuda_text();

}  // namespace dpsbench
