#include "core/noise_kernel.h"

#include <c10/core/DeviceType.h>

#include <map>

namespace dpsbench::philox {
namespace {

std::map<c10::DeviceType, Fill>& known_fills() {
  static std::map<c10::DeviceType, Fill> known = {
#ifdef DPSBENCH_WITH_CUDA
      {c10::DeviceType::CUDA, fill_on_cuda},
#endif
  };
  return known;
}

}  // namespace

Fill fill_of(c10::DeviceType type) {
  const auto found = known_fills().find(type);
  return found == known_fills().end() ? nullptr : found->second;
}

void set_fill(c10::DeviceType type, Fill fill) { known_fills()[type] = fill; }

}  // namespace dpsbench::philox
