#pragma once
#include <c10/core/DeviceGuard.h>

#include <type_traits>

#include "core/tensor.h"
#include "priors/kernels/bias_kernel.h"
#include "priors/kernels/group_norm_kernel.h"

namespace dpsbench {

/// A device's own kernels, T: float or Bfloat16. All arrays lie there; `scratch` holds norm_blocks::scratch_pairs()
/// pairs of floats for images, or cotangents times images. They queue the work on `stream` (the device's own kind of
/// stream) and return at once; they throw std::runtime_error with file and line if it cannot be queued.
template <typename T>
struct FusedKernels {
  void (*normalise)(const NormArrays<T>& arrays, bool silu, T* y, float* scratch, void* stream);
  void (*pull_back)(const NormArrays<T>& arrays, bool silu, std::int64_t cotangents, T* gradient, const T* addend,
                    float* scratch, void* stream);
  void (*add_bias)(const BiasArrays<T>& arrays, void* stream);
};

/// Kernels by the numbers that images hold.
struct DeviceKernels {
  FusedKernels<float> of_float;
  FusedKernels<Bfloat16> of_bfloat16;
};

/// Gives a kind of device that a program brings along its kernels. CUDA's are known where they are compiled.
void set_device_kernels(c10::DeviceType type, const DeviceKernels& kernels);

/// Whether x's device has kernels, and x lies as they want it: float or bfloat16, channels last, their number a
/// multiple of 32.
bool has_device_kernels(const Tensor& x);

/// Those of x's device. Throws std::out_of_range where it has none.
template <typename T>
const FusedKernels<T>& device_kernels(const Tensor& x);

/// The numbers of a tensor as kernels know them.
template <typename T>
T* numbers_of(const Tensor& tensor) {
  if constexpr (std::is_same_v<T, Bfloat16>)
    return reinterpret_cast<Bfloat16*>(tensor.data_ptr<at::BFloat16>());
  else
    return tensor.data_ptr<T>();
}

/// What is queued while it lives goes to x's device, on the stream that LibTorch uses there.
class DeviceStream {
 public:
  explicit DeviceStream(const Tensor& x);
  [[nodiscard]] void* handle() const { return handle_; }

 private:
  c10::DeviceGuard guard_;
  void* handle_;
};

}  // namespace dpsbench
