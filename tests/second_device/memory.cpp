#include <ATen/EmptyTensor.h>
#include <c10/core/Allocator.h>

#include <cstdlib>
#include <cstring>
#include <map>
#include <mutex>
#include <string>

#include "tests/second_device/device.h"
#include "tests/second_device/ledger.h"

namespace dpsbench::second_device {
namespace {

constexpr std::size_t alignment = 512;  // as CUDA's allocator has it
constexpr std::size_t watched = 256;
constexpr unsigned char untouched = 0x5a;
constexpr int not_a_number = 0xff;  // in every byte

class WatchedMemory final : public c10::Allocator {
 public:
  c10::DataPtr allocate(std::size_t bytes) override {
    if (bytes == 0) return {nullptr, nullptr, &release, device()};
    const std::size_t whole = (bytes + watched + alignment - 1) / alignment * alignment;
    auto* block = static_cast<unsigned char*>(std::aligned_alloc(alignment, whole));
    TORCH_CHECK(block != nullptr, "out of memory");
    std::memset(block, not_a_number, bytes);
    std::memset(block + bytes, untouched, watched);
    {
      const std::scoped_lock lock(mutex());
      blocks()[block] = bytes;
    }
    c10::reportMemoryUsageToProfiler(block, static_cast<std::int64_t>(bytes), 0, 0, device());
    return {block, block, &release, device()};
  }
  [[nodiscard]] c10::DeleterFnPtr raw_deleter() const override { return &release; }
  void copy_data(void* to, const void* from, std::size_t bytes) const override { std::memcpy(to, from, bytes); }

  static void look_at_all() {
    const std::scoped_lock lock(mutex());
    for (const auto& [block, bytes] : blocks()) look_at(static_cast<unsigned char*>(block), bytes);
  }

 private:
  static void look_at(const unsigned char* block, std::size_t bytes) {
    for (std::size_t i = 0; i < watched; ++i)
      if (block[bytes + i] != untouched) {
        ledger().overruns.push_back("byte " + std::to_string(i) + " behind a block of " + std::to_string(bytes));
        return;
      }
  }
  static void release(void* block) {
    if (block == nullptr) return;
    std::size_t bytes = 0;
    {
      const std::scoped_lock lock(mutex());
      bytes = blocks().at(block);
      look_at(static_cast<unsigned char*>(block), bytes);
      blocks().erase(block);
    }
    c10::reportMemoryUsageToProfiler(block, -static_cast<std::int64_t>(bytes), 0, 0, device());
    std::free(block);
  }
  static std::map<void*, std::size_t>& blocks() {
    static auto* all = new std::map<void*, std::size_t>;
    return *all;
  }
  static std::mutex& mutex() {
    static auto* of_blocks = new std::mutex;
    return *of_blocks;
  }
};

WatchedMemory memory;
REGISTER_ALLOCATOR(c10::DeviceType::PrivateUse1, &memory);

}  // namespace

void look_for_overruns() { WatchedMemory::look_at_all(); }

Tensor on_host(const Tensor& tensor) {
  if (!tensor.defined() || tensor.is_cpu()) return tensor;
  const auto options = TensorOptions().dtype(tensor.dtype());
  if (tensor.numel() == 0) return at::empty_strided(tensor.sizes(), tensor.strides(), options);
  const Tensor same = at::from_blob(
      tensor.data_ptr(), tensor.sizes(), tensor.strides(), [tensor](void*) {}, options);
  return tensor.is_conj() ? same.conj() : same;
}

Tensor from_host(const Tensor& tensor) {
  if (!tensor.defined()) return tensor;
  const Tensor copy =
      at::empty_strided(tensor.sizes(), tensor.strides(), TensorOptions().dtype(tensor.dtype()).device(device()));
  if (tensor.numel() > 0) on_host(copy).copy_(tensor);
  return copy;
}

double bytes_of(const Tensor& tensor) {
  if (!tensor.defined()) return 0;
  double numbers = 1;
  for (std::int64_t d = 0; d < tensor.dim(); ++d)
    if (tensor.stride(d) != 0 || tensor.size(d) == 0) numbers *= static_cast<double>(tensor.size(d));
  return numbers * static_cast<double>(tensor.itemsize());
}

}  // namespace dpsbench::second_device
