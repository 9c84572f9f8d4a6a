#pragma once
#include <string>

namespace dpsbench {

/// GPUs that this process sees; 0 in a build without CUDA.
int count_gpus();

/// "13.0, driver for CUDA 13.1", "13.0, no driver", or "none, built without it".
std::string cuda_version();

}  // namespace dpsbench
