#pragma once
#include "priors/weights/safetensors.h"

namespace dpsbench {

/// The golden image pairs and what piq 0.8.0 says of them (tests/golden/README.md).
inline Tensor golden(const std::string& name) {
  static const SafetensorsFile file(std::string(DPSBENCH_GOLDEN) + "/metrics_64.safetensors");
  return file.tensor(name).to(at::kDouble);
}

/// The largest absolute difference of two tensors of one shape.
inline double largest_difference(const Tensor& a, const Tensor& b) {
  TORCH_CHECK(a.sizes() == b.sizes(), "shapes differ");
  return (a.to(at::kDouble) - b.to(at::kDouble)).abs().max().item<double>();
}

}  // namespace dpsbench
