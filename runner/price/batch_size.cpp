#include "runner/price/batch_size.h"

#include <ATen/DeviceAccelerator.h>
#include <ATen/core/grad_mode.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <vector>

#include "core/latent/latent_prior.h"
#include "runner/price/estimate.h"

namespace dpsbench {
namespace {

constexpr double usable = 0.8;
constexpr std::int64_t most_on_a_gpu = 64;

bool goes_back(const Experiment& experiment, const Plan& plan) {
  return std::ranges::any_of(plan.cells, [&](const Cell& cell) { return cell.cost(experiment.samples).backward > 0; });
}

/// A pass through the prior of x, and back with so many cotangents; of latents then through the decoder and back.
void pass_through(const Prior& of_images, const Tensor& x, bool back, std::size_t cotangents) {
  const Evaluation evaluation = sampled_prior(of_images).evaluate(x, NoiseSchedule::linear().level(500),
                                                                  back ? Gradient::wanted : Gradient::none);
  if (back) static_cast<void>(evaluation.pull_back(std::vector<Tensor>(cotangents, x)));
  const LatentPrior* latent = as_latent(of_images);
  if (latent == nullptr) return;
  const CodingPass pass = latent->autoencoder().decode(x, Gradient::wanted);
  static_cast<void>(pass.pull_back({pass.value}));
}

/// The memory that an evaluation of some images takes at its height, with two cotangents pulled back if `back`.
double peak_bytes(const Prior& of_images, std::int64_t images, bool back) {
  const at::NoGradGuard no_grad;
  const Prior& prior = sampled_prior(of_images);
  const c10::DeviceIndex gpu = prior.options().device().index();
  const Tensor x = at::zeros(prior.shape().batch(images), prior.options());
  const auto allocated = [&] { return at::accelerator::getDeviceStats(gpu).allocated_bytes.front(); };
  const std::int64_t before = allocated().current;
  at::accelerator::resetPeakStats(gpu);
  pass_through(of_images, x, back, 2);
  at::accelerator::synchronizeDevice(gpu);
  return static_cast<double>(allocated().peak - before);
}

double free_host_bytes() {
  return static_cast<double>(sysconf(_SC_AVPHYS_PAGES)) * static_cast<double>(sysconf(_SC_PAGESIZE));
}

/// Images a second of passes through the prior; the quickest of three after one that sets libraries up.
double images_a_second(const Prior& of_images, std::int64_t images, bool back) {
  const at::NoGradGuard no_grad;
  const Prior& prior = sampled_prior(of_images);
  const c10::DeviceIndex gpu = prior.options().device().index();
  const Tensor x = at::zeros(prior.shape().batch(images), prior.options());
  const auto pass = [&] {
    const auto started = std::chrono::steady_clock::now();
    pass_through(of_images, x, back, 1);
    at::accelerator::synchronizeDevice(gpu);
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  };
  pass();
  return static_cast<double>(images) / std::min({pass(), pass(), pass()});
}

}  // namespace

std::int64_t batch_that_fits(double free_bytes, double bytes_per_image, std::int64_t most) {
  const double images = usable * free_bytes / std::max(1.0, bytes_per_image);
  return images >= static_cast<double>(most) ? most : std::max<std::int64_t>(1, static_cast<std::int64_t>(images));
}

std::int64_t batch_of_rate(const std::function<double(std::int64_t batch)>& images_a_second, std::int64_t most) {
  constexpr double nearly = 0.95;
  std::vector<std::pair<std::int64_t, double>> rates;
  double best = 0;
  int in_vain = 0;
  for (std::int64_t batch = 1; batch <= most && in_vain < 2; batch *= 2) {
    rates.emplace_back(batch, images_a_second(batch));
    in_vain = rates.back().second * nearly > best ? 0 : in_vain + 1;
    best = std::max(best, rates.back().second);
  }
  for (const auto& [batch, rate] : rates)
    if (rate >= nearly * best) return batch;
  return 1;
}

std::int64_t batch_for_ranks(std::int64_t images_of_all_cells, int ranks) {
  constexpr std::int64_t units_a_rank = 8;
  return std::max<std::int64_t>(1, images_of_all_cells / (units_a_rank * ranks));
}

std::int64_t chosen_by_device(const Experiment& experiment, const Plan& plan, const Prior& prior, int ranks,
                              int on_device) {
  if (experiment.prior.kind != "unet") return default_batch;
  const at::Device device = prior.options().device();
  const bool back = goes_back(experiment, plan);
  if (device.is_cpu())
    return batch_that_fits(free_host_bytes() / on_device,
                           std::max(activation_bytes(experiment, back), decoding_bytes(experiment)), default_batch);
  const double one = peak_bytes(prior, 1, back);
  const double more = peak_bytes(prior, 2, back) - one;
  prior.release_memory();
  const auto free = static_cast<double>(at::accelerator::getMemoryInfo(device.index()).first);
  std::int64_t images = 0;
  for (const Unit& unit : plan.units) images += unit.count;
  const std::int64_t most =
      std::min(batch_that_fits(free / on_device, more, most_on_a_gpu), batch_for_ranks(images, ranks));
  const auto rate = [&](std::int64_t batch) {
    const double images_of_it = images_a_second(prior, batch, back);
    prior.release_memory();
    return images_of_it;
  };
  return batch_of_rate(rate, most);
}

}  // namespace dpsbench
