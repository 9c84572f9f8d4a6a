#include "runner/station/device.h"

#include <ATen/Context.h>
#include <ATen/DeviceAccelerator.h>
#include <ATen/Parallel.h>
#include <c10/core/impl/VirtualGuardImpl.h>
#include <malloc.h>
#include <sched.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "core/error.h"
#include "runner/station/gpus.h"
#ifdef DPSBENCH_WITH_CUDA
#include "runner/ranks/cuda/bus_address.h"
#include "runner/station/cuda/gpu_text.h"
#endif

namespace dpsbench {
namespace {

std::optional<at::Device>& brought_device() {
  static std::optional<at::Device> device;
  return device;
}

/// The words of this process's command line.
std::vector<std::string> own_arguments() {
  std::ifstream stream("/proc/self/cmdline", std::ios::binary);
  std::vector<std::string> arguments;
  for (std::string word; std::getline(stream, word, '\0');) arguments.push_back(word);
  return arguments;
}

}  // namespace

void bring_device(const std::optional<at::Device>& device) { brought_device() = device; }

at::Device choose_device(const std::string& wanted, int local_rank) {
  if (brought_device()) return *brought_device();
  const int gpus = wanted == "cpu" ? 0 : count_gpus();
  if (wanted == "cuda" && gpus == 0)
#ifdef DPSBENCH_WITH_CUDA
    throw UserError("--device cuda: no GPU is visible to this process");
#else
    throw UserError("--device cuda: this dpsbench was built without CUDA");
#endif
  if (gpus == 0) return at::kCPU;
  const at::Device device(at::kCUDA, static_cast<c10::DeviceIndex>(local_rank % gpus));
  c10::impl::VirtualGuardImpl(at::kCUDA).setDevice(device);
  return device;
}

void fix_numerics(const at::Device& device, int threads) {
  at::set_num_threads(threads);
  at::Context& context = at::globalContext();
  context.setAllowTF32CuBLAS(false);
  context.setAllowTF32CuDNN(false);
  context.setAllowBF16ReductionCuBLAS(false);  // sums of bfloat16 products are single precision
  if (!device.is_cuda()) return;
  setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8", 0);  // cuBLAS is deterministic only with a workspace of fixed size
  context.setBenchmarkCuDNN(false);
  context.setDeterministicCuDNN(true);
  context.setDeterministicAlgorithms(true, true);
  context.setDeterministicFillUninitializedMemory(false);
}

void require_working(const at::Device& device) {
  if (!device.is_cuda()) return;
  try {
    at::ones({1}, TensorOptions().device(device)).item<float>();
  } catch (const c10::OutOfMemoryError&) {  // of another process: the device itself answers
  }
}

void release_cached_memory(const at::Device& device) {
  if (device.is_cuda()) at::accelerator::emptyCache();
}

void wait_passively() {
  if (std::getenv("OMP_WAIT_POLICY") != nullptr) return;
  setenv("OMP_WAIT_POLICY", "passive", 1);
  std::vector<std::string> arguments = own_arguments();
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  execv("/proc/self/exe", pointers.data());  // returns only if it fails: then the threads spin, which is no error
}

int usable_cores() {
  cpu_set_t cores;  // std::thread::hardware_concurrency() counts those of the machine
  return sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 0;
}

void keep_freed_memory() {
#ifdef __GLIBC__
  constexpr int gigabyte = 1 << 30;
  mallopt(M_MMAP_THRESHOLD, gigabyte);  // blocks above are mapped, and unmapped when freed
  mallopt(M_TRIM_THRESHOLD, gigabyte);
#endif
}

std::string device_address([[maybe_unused]] const at::Device& device) {
#ifdef DPSBENCH_WITH_CUDA
  if (device.is_cuda()) return bus_address(device);
#endif
  return device.is_cpu() ? "" : device.str();
}

std::string device_text([[maybe_unused]] const at::Device& device) {
#ifdef DPSBENCH_WITH_CUDA
  if (device.is_cuda()) return gpu_text(device);
#endif
  return fmt::format("CPU, {} thread{}", at::get_num_threads(), at::get_num_threads() == 1 ? "" : "s");
}

}  // namespace dpsbench
