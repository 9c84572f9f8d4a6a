#include "runner/station/gpus.h"

#include "core/error.h"
#include "runner/doctor/checks.h"
#include "runner/station/device.h"

namespace dpsbench {

std::vector<Finding> check_gpus() {
  const int gpus = count_gpus();
  if (gpus == 0) return {{"GPU", false, "none is seen: everything runs on the CPU (CUDA " + cuda_version() + ")"}};
  std::vector<Finding> findings;
  for (int index = 0; index < gpus; ++index) {
    const at::Device device(at::kCUDA, static_cast<c10::DeviceIndex>(index));
    try {
      require_working(device);
      findings.push_back({fmt::format("GPU {}", index), true, device_text(device)});
    } catch (const std::exception& error) {
      findings.push_back({fmt::format("GPU {}", index), false, error.what()});
    }
  }
  return findings;
}

}  // namespace dpsbench
