#pragma once
#include <string>

#include "core/prior.h"

namespace dpsbench {

/// Writes one evaluation of the prior, at noise level t = 500 of standard normal numbers, as safetensors, for other
/// programs to hold theirs against: "x", "eps" and "pulled_back" = (d eps / d x)^T eps, all [batch, C, H, W].
void write_evaluation(const std::string& path, const Prior& prior, std::int64_t batch);

}  // namespace dpsbench
