#include "priors/kernels/device_kernels.h"

#include <c10/core/impl/VirtualGuardImpl.h>

#include <map>

#include "priors/kernels/block_tiling.h"

namespace dpsbench {
namespace {

std::map<c10::DeviceType, DeviceKernels>& known_kernels() {
  static std::map<c10::DeviceType, DeviceKernels> known = {
#ifdef DPSBENCH_WITH_CUDA
      {c10::DeviceType::CUDA,
       {{normalise_on_cuda<float>, pull_back_on_cuda<float>, add_bias_on_cuda<float>},
        {normalise_on_cuda<Bfloat16>, pull_back_on_cuda<Bfloat16>, add_bias_on_cuda<Bfloat16>}}},
#endif
  };
  return known;
}

}  // namespace

void set_device_kernels(c10::DeviceType type, const DeviceKernels& kernels) { known_kernels()[type] = kernels; }

bool has_device_kernels(const Tensor& x) {
  return !x.is_cpu() && (x.scalar_type() == at::kFloat || x.scalar_type() == at::kBFloat16) &&
         x.is_contiguous(at::MemoryFormat::ChannelsLast) && x.size(1) % norm_blocks::lanes == 0 &&
         known_kernels().contains(x.device().type());
}

template <>
const FusedKernels<float>& device_kernels(const Tensor& x) {
  return known_kernels().at(x.device().type()).of_float;
}

template <>
const FusedKernels<Bfloat16>& device_kernels(const Tensor& x) {
  return known_kernels().at(x.device().type()).of_bfloat16;
}

DeviceStream::DeviceStream(const Tensor& x)
    : guard_(x.device()),
      handle_(c10::impl::VirtualGuardImpl(x.device().type()).getStream(x.device()).native_handle()) {}

}  // namespace dpsbench
