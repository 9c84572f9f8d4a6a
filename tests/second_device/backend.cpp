#include <ATen/detail/PrivateUse1HooksInterface.h>
#include <c10/core/impl/DeviceGuardImplInterface.h>

#include <vector>

#include "core/noise_kernel.h"
#include "priors/kernels/device_kernels.h"
#include "priors/kernels/norm_blocks.h"
#include "tests/second_device/device.h"
#include "tests/second_device/ledger.h"

namespace dpsbench::second_device {
namespace {

/// One device with one stream, on which everything is done at once.
struct DeviceGuardImplementation final : c10::impl::DeviceGuardImplInterface {
  DeviceGuardImplementation() = default;
  [[nodiscard]] c10::DeviceType type() const override { return device().type(); }
  [[nodiscard]] c10::Device exchangeDevice(c10::Device) const override { return device(); }
  [[nodiscard]] c10::Device getDevice() const override { return device(); }
  void setDevice(c10::Device) const override {}
  void uncheckedSetDevice(c10::Device) const noexcept override {}
  [[nodiscard]] c10::Stream getStream(c10::Device) const override {
    return c10::Stream(c10::Stream::DEFAULT, device());
  }
  [[nodiscard]] c10::Stream getDefaultStream(c10::Device there) const override { return getStream(there); }
  [[nodiscard]] c10::Stream exchangeStream(c10::Stream stream) const override { return stream; }
  [[nodiscard]] void* getStreamNativeHandle(const c10::Stream) const override { return nullptr; }
  [[nodiscard]] c10::DeviceIndex deviceCount() const noexcept override { return 1; }
  [[nodiscard]] bool queryStream(const c10::Stream&) const override { return true; }
  void synchronizeStream(const c10::Stream&) const override { ++ledger().waits["for the stream"]; }
  void synchronizeDevice(const c10::DeviceIndex) const override { ++ledger().waits["for the device"]; }
};
C10_REGISTER_GUARD_IMPL(PrivateUse1, DeviceGuardImplementation);

struct Hooks final : at::PrivateUse1HooksInterface {
  [[nodiscard]] bool hasPrimaryContext(c10::DeviceIndex) const override { return true; }
  [[nodiscard]] bool isBuilt() const override { return true; }
  [[nodiscard]] bool isAvailable() const override { return true; }
  void init() const override {}
};

void fill(philox::Distribution distribution, std::uint64_t seed, std::uint32_t purpose_and_step,
          const std::uint64_t* streams, std::int64_t images, std::int64_t elements, float* out, void*) {
  ledger().add("noise", 1, static_cast<double>(images * elements) * sizeof(float));
  for (std::int64_t image = 0; image < images; ++image)
    for (std::int64_t first = 0; first < elements; first += 4) {
      float values[4];
      const philox::Row row{seed, purpose_and_step, streams[image]};
      const auto block = static_cast<std::uint32_t>(first / 4);
      if (distribution == philox::Distribution::normal)
        philox::normals(row, block, values);
      else
        philox::uniforms(row, block, values);
      std::copy_n(values, std::min<std::int64_t>(4, elements - first), out + image * elements + first);
    }
}

/// Counts the works that a GPU would be launched for, and does none.
struct CountedWorks {
  std::int64_t* launches;

  template <typename Work>
  void operator()(const Work&) const {
    ++*launches;
  }
};

template <typename T>
std::int64_t numbers(const NormArrays<T>& arrays) {
  return arrays.images * arrays.pixels * arrays.channels;
}

template <typename T>
std::vector<float> as_floats(const T* values, std::int64_t count) {
  std::vector<float> floats(static_cast<std::size_t>(count));
  for (std::int64_t i = 0; i < count; ++i) floats[static_cast<std::size_t>(i)] = number(values[i]);
  return floats;
}

/// x with its bias.
template <typename T>
std::vector<float> as_floats(const NormArrays<T>& arrays) {
  std::vector<float> x = as_floats(arrays.x, numbers(arrays));
  if (arrays.bias == nullptr) return x;
  for (std::size_t i = 0; i < x.size(); ++i) {
    const auto at = static_cast<std::int64_t>(i);
    x[i] += arrays.bias[at / (arrays.pixels * arrays.channels) * arrays.bias_stride + at % arrays.channels];
  }
  return x;
}

template <typename T>
void store_all(const std::vector<float>& floats, T* values) {
  for (std::size_t i = 0; i < floats.size(); ++i) store(floats[i], values[i]);
}

template <typename T>
NormArrays<float> with_floats(const NormArrays<T>& arrays, const std::vector<float>& x) {
  return {arrays.images,
          arrays.pixels,
          arrays.channels,
          x.data(),
          arrays.scale,
          arrays.shift,
          arrays.affine_stride,
          arrays.mean,
          arrays.reciprocal_deviation,
          arrays.epsilon};
}

// The numbers are the host's kernels'; that the GPU's blocks give the same is for tests/priors/kernels/ to show.
template <typename T>
void compute(const NormArrays<T>& arrays, bool silu, T* y) {
  const std::vector<float> x = as_floats(arrays);
  std::vector<float> floats(x.size());
  normalise_channels_last(with_floats(arrays, x), silu, floats.data());
  store_all(floats, y);
}

template <typename T>
void compute_back(const NormArrays<T>& arrays, bool silu, std::int64_t cotangents, T* gradient, const T* addend) {
  const std::int64_t count = cotangents * numbers(arrays);
  const std::vector<float> x = as_floats(arrays);
  std::vector<float> floats = as_floats(gradient, count);
  const std::vector<float> added = addend == nullptr ? std::vector<float>() : as_floats(addend, count);
  pull_back_channels_last(with_floats(arrays, x), silu, cotangents, floats.data(),
                          addend == nullptr ? nullptr : added.data());
  store_all(floats, gradient);
}

template <typename T>
void normalise(const NormArrays<T>& arrays, bool silu, T* y, float* scratch, void*) {
  std::int64_t launches = 0;
  norm_blocks::forward(CountedWorks{&launches}, arrays, silu, y, reinterpret_cast<norm_blocks::Pair*>(scratch));
  compute(arrays, silu, y);
  // x for its moments, x again, y
  ledger().add("group norm", launches, 3.0 * static_cast<double>(numbers(arrays)) * sizeof(T));
}

template <typename T>
void pull_back(const NormArrays<T>& arrays, bool silu, std::int64_t cotangents, T* gradient, const T* addend,
               float* scratch, void*) {
  std::int64_t launches = 0;
  norm_blocks::backward(CountedWorks{&launches}, arrays, silu, cotangents, gradient, addend,
                        reinterpret_cast<norm_blocks::Pair*>(scratch));
  compute_back(arrays, silu, cotangents, gradient, addend);
  // x and the gradient twice, what comes out, and what is added
  const auto images = static_cast<double>(2 + cotangents * (addend == nullptr ? 3 : 4));
  ledger().add("group norm, back", launches, images * static_cast<double>(numbers(arrays)) * sizeof(T));
}

template <typename T>
void add_bias(const BiasArrays<T>& arrays, void*) {
  const std::int64_t count = arrays.images * arrays.pixels * arrays.channels;
  for (std::int64_t i = 0; i < count; ++i)
    store(number(arrays.x[i]) + arrays.bias[i % arrays.channels] + number(arrays.addend[i]), arrays.x[i]);
  ledger().add("bias and residual", 1,
               3.0 * static_cast<double>(count) * sizeof(T));  // both are read, their sum written
}

const bool registered = [] {
  c10::register_privateuse1_backend("second");
  at::RegisterPrivateUse1HooksInterface(new Hooks());  // LibTorch keeps it to its end
  philox::set_fill(device().type(), fill);
  set_device_kernels(device().type(), {{normalise<float>, pull_back<float>, add_bias<float>},
                                       {normalise<Bfloat16>, pull_back<Bfloat16>, add_bias<Bfloat16>}});
  return true;
}();

}  // namespace
}  // namespace dpsbench::second_device
