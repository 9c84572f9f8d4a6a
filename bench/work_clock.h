#pragma once
#include <c10/core/impl/VirtualGuardImpl.h>

#include <chrono>
#include <ctime>

#include "core/tensor.h"

namespace dpsbench {

/// Seconds of work of a device since some moment: on the CPU those of all of this process's threads, which other
/// programs disturb least; elsewhere the clock's, once the device has done all it was told to.
inline double work_seconds(const at::Device& device) {
  if (device.is_cpu()) {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
  }
  c10::impl::VirtualGuardImpl(device.type()).synchronizeDevice(device.index());
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace dpsbench
