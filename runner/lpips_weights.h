#pragma once
#include "metrics/lpips.h"
#include "priors/safetensors.h"

namespace dpsbench {

/// Every tensor of an LPIPS weights file (safetensors) by name.
WeightMap lpips_weight_map(const SafetensorsFile& file);

}  // namespace dpsbench
