#include "runner/ranks/cuda/bus_address.h"

#include <array>

#include "runner/ranks/cuda/checked.h"

namespace dpsbench {

std::string bus_address(const at::Device& device) {
  std::array<char, 32> address{};
  checked(cudaDeviceGetPCIBusId(address.data(), static_cast<int>(address.size()), device.index()));
  return address.data();
}

}  // namespace dpsbench
