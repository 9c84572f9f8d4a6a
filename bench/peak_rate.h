#pragma once
#include <string>
#include <vector>

#include "core/tensor.h"

namespace dpsbench {

/// What a processor could compute at best.
struct PeakRate {
  std::string name;
  double operations = 0;  ///< floating-point operations a second; a multiply-accumulate is two
  std::string source;
};

/// Published rates of GPUs, without sparsity.
const std::vector<PeakRate>& published_peaks();

/// "measured": of large products of matrices of `options`' type, on its device, at work_seconds()' pace; the name of a
/// published one; or a number in TFLOP/s. Throws UserError for anything else.
PeakRate peak_rate(const std::string& wanted, const TensorOptions& options);

}  // namespace dpsbench
