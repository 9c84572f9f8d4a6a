#pragma once
#include "metrics/parts/lpips.h"
#include "priors/weights/safetensors.h"

namespace dpsbench {

/// Every tensor of an LPIPS weights file (safetensors) by name.
WeightMap lpips_weight_map(const SafetensorsFile& file);

}  // namespace dpsbench
