#include "runner/price/batch_size.h"

#include <ATen/DeviceAccelerator.h>
#include <ATen/core/grad_mode.h>
#include <unistd.h>

#include <algorithm>

#include "runner/price/estimate.h"

namespace dpsbench {
namespace {

constexpr double usable = 0.8;
constexpr std::int64_t most_on_a_gpu = 64;

bool goes_back(const Experiment& experiment, const Plan& plan) {
  return std::ranges::any_of(plan.cells, [&](const Cell& cell) { return cell.cost(experiment.samples).backward > 0; });
}

/// The memory that an evaluation of some images takes at its height, with two cotangents pulled back if `back`.
double peak_bytes(const Prior& prior, std::int64_t images, bool back) {
  const at::NoGradGuard no_grad;
  const c10::DeviceIndex gpu = prior.options().device().index();
  const Tensor x = at::zeros(prior.shape().batch(images), prior.options());
  const auto allocated = [&] { return at::accelerator::getDeviceStats(gpu).allocated_bytes.front(); };
  const std::int64_t before = allocated().current;
  at::accelerator::resetPeakStats(gpu);
  const Evaluation evaluation =
      prior.evaluate(x, NoiseSchedule::linear().level(500), back ? Gradient::wanted : Gradient::none);
  if (back) static_cast<void>(evaluation.pull_back({x, x}));
  at::accelerator::synchronizeDevice(gpu);
  return static_cast<double>(allocated().peak - before);
}

double free_host_bytes() {
  return static_cast<double>(sysconf(_SC_AVPHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// Ranks on rank 0's GPU if those of a node are dealt out over its GPUs.
int sharing_one_gpu(int on_node) {
  const int gpus = std::max<int>(1, at::accelerator::deviceCount());
  return (on_node + gpus - 1) / gpus;
}

}  // namespace

std::int64_t batch_that_fits(double free_bytes, double bytes_per_image, std::int64_t most) {
  const double images = usable * free_bytes / std::max(1.0, bytes_per_image);
  return images >= static_cast<double>(most) ? most : std::max<std::int64_t>(1, static_cast<std::int64_t>(images));
}

std::int64_t batch_for_memory(const Experiment& experiment, const Plan& plan, const Prior& prior, int on_node) {
  if (experiment.prior.kind != "unet") return default_batch;
  const at::Device device = prior.options().device();
  const bool back = goes_back(experiment, plan);
  if (device.is_cpu())
    return batch_that_fits(free_host_bytes() / on_node, activation_bytes(experiment, back), default_batch);
  const double one = peak_bytes(prior, 1, back);
  const double more = peak_bytes(prior, 2, back) - one;
  const auto free = static_cast<double>(at::accelerator::getMemoryInfo(device.index()).first);
  return batch_that_fits(free / sharing_one_gpu(on_node), more, most_on_a_gpu);
}

}  // namespace dpsbench
