#pragma once
#include <c10/core/impl/VirtualGuardImpl.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <functional>
#include <limits>

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

/// Seconds of the quickest of so many times of the work, which other programs disturbed least. Once before warms up.
inline double quickest_seconds(const at::Device& device, int times, const std::function<void()>& work) {
  double quickest = std::numeric_limits<double>::infinity();
  for (int k = 0; k <= times; ++k) {
    const double started = work_seconds(device);
    work();
    if (k > 0) quickest = std::min(quickest, work_seconds(device) - started);
  }
  return quickest;
}

}  // namespace dpsbench
