// Every method on every task it serves, on a device that is not the host: no operator gets tensors of both, the samples
// are the host's, and after the first steps the host waits for nothing.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "priors/empirical_prior.h"
#include "priors/tiled_prior.h"
#include "priors/unet/prior.h"
#include "tasks/registry.h"
#include "tests/methods/short_run.h"
#include "tests/priors/networks.h"
#include "tests/second_device/device.h"
#include "tests/second_device/ledger.h"

namespace dpsbench {
namespace {

using second_device::ledger;

constexpr double sigma_y = 0.05;

/// What a run gave, on the host, and how often it let a host wait.
struct RunOnDevice {
  Tensor sample;
  std::int64_t waits;
};

/// The task's options that make it fit 16 x 16.
std::map<std::string, OptionValue> fitting(const TaskEntry& task) {
  if (task.name == "box_inpainting") return {{"size", std::int64_t{6}}, {"margin", std::int64_t{1}}};
  if (task.name == "motion_blur") return {{"kernel_size", std::int64_t{5}}};
  if (task.name == "ct") return {{"angles", std::int64_t{8}}};
  if (!task.required_file.empty())
    return {{task.required_file, std::string(DPSBENCH_SOURCE_DIR "/tests/tasks/files/data/blur_network.safetensors")}};
  return {};
}

RunOnDevice run(const Prior& prior, const TaskEntry& task, const MethodEntry& method,
                const std::map<std::string, OptionValue>& given) {
  static const NoiseSchedule schedule = NoiseSchedule::linear();
  const PhiloxNoise noise = noise_of(2);
  const auto op = task.bind(OptionValues(task.options, fitting(task)), prior.shape(), noise, prior.options());
  const ImageShape shape = prior.shape();
  const Tensor x0 = noise.normal(Purpose::training, 1, {shape.channels, shape.height, shape.width}, prior.options())
                        .mul(0.4)
                        .clamp(-1, 1);
  const Tensor y = measure(*op, x0, sigma_y, noise, false);
  const auto sampler = method.make(OptionValues(method.options, given));
  SilentObserver silent;
  const std::int64_t before = ledger().all_waits();
  const Tensor sample = sampler->sample({prior, schedule, *op, y, sigma_y, noise}, silent);
  return {second_device::on_host(sample), ledger().all_waits() - before};
}

/// Waits of a longer run less those of a shorter one: none of a step, then. A method without steps is run twice.
std::int64_t waits_of_more_steps(const Prior& prior, const TaskEntry& task, const MethodEntry& method) {
  auto options = short_run(method);
  const std::int64_t few = run(prior, task, method, options).waits;
  if (options.contains("steps")) options["steps"] = std::get<std::int64_t>(options["steps"]) + 2;
  return run(prior, task, method, options).waits - few;
}

class EveryMethodOnASecondDevice : public testing::TestWithParam<std::string> {
 protected:
  EveryMethodOnASecondDevice() { ledger().clear(); }
  ~EveryMethodOnASecondDevice() override {
    second_device::look_for_overruns();
    EXPECT_THAT(ledger().mixtures, testing::IsEmpty());
    EXPECT_THAT(ledger().overruns, testing::IsEmpty());
    ledger().clear();
  }
  const MethodEntry& method_ = find_method(GetParam());
};

TEST_P(EveryMethodOnASecondDevice, GivesTheHostsSamplesOnEveryTask) {
  static const GaussianMixturePrior pictures = mixture_of({3, 16, 16}, second_device::device());
  static const GaussianMixturePrior signals = mixture_of({1, 1, 64}, second_device::device());
  static const GaussianMixturePrior pictures_of_host = mixture_of({3, 16, 16});
  static const GaussianMixturePrior signals_of_host = mixture_of({1, 1, 64});
  for (const TaskEntry& task : tasks()) {
    // no decomposition: dense posteriors of 768 pixels for each
    if (method_.needs.exact_posterior && task.linear && !task.has_svd) continue;
    if (!incompatibility(method_, task, KnownPosteriors::linear).empty()) continue;
    SCOPED_TRACE(method_.name + " on " + task.name);
    const auto options = short_run(method_);
    const Tensor here = run(task.of_signals ? signals : pictures, task, method_, options).sample;
    const Tensor there = run(task.of_signals ? signals_of_host : pictures_of_host, task, method_, options).sample;
    EXPECT_LT((here - there).abs().max().item<double>(), 1e-9 * std::max(1.0, there.abs().max().item<double>()));
  }
}

TEST_P(EveryMethodOnASecondDevice, LetsNoStepWaitForTheDevice) {
  static const GaussianMixturePrior pictures = mixture_of({3, 16, 16}, second_device::device());
  for (const TaskEntry& task : tasks()) {
    if (task.of_signals) continue;
    if (!incompatibility(method_, task, KnownPosteriors::none).empty()) continue;
    EXPECT_EQ(waits_of_more_steps(pictures, task, method_), 0) << method_.name << " on " << task.name;
  }
}

TEST_P(EveryMethodOnASecondDevice, RunsUnderANetworkInSinglePrecisionAndInBfloat16) {
  if (!incompatibility(method_, find_task("denoising"), KnownPosteriors::none).empty()) GTEST_SKIP();
  const OptionValues values(method_.options, short_run(method_));
  if (method_.cost(values, sigma_y).forward > 20) GTEST_SKIP() << "long under a network; the other tests cover it";
  const TensorOptions floats = TensorOptions().dtype(at::kFloat).device(second_device::device());
  static const UNetPrior single(tiny_options(), tiny_parameters(), floats);
  static const UNetPrior halved(tiny_options(), tiny_parameters(), floats, Torso::bfloat16);
  static const TiledPrior tiled(std::make_unique<UNetPrior>(tiny_options(), tiny_parameters(), floats), {40, 32, 8});
  for (const Prior* prior : std::vector<const Prior*>{&single, &halved, &tiled})
    EXPECT_TRUE(run(*prior, find_task("denoising"), method_, short_run(method_)).sample.isfinite().all().item<bool>());
}

TEST_P(EveryMethodOnASecondDevice, RunsUnderAnEmpiricalPriorOnTasksOfEveryKind) {
  const Tensor images = noise_of(1, 4).normal(Purpose::training, 0, {12, 3, 16, 16}, at::kDouble)[0].mul(0.4);
  const EmpiricalPrior prior(images, TensorOptions().dtype(at::kFloat).device(second_device::device()));
  for (const std::string name : {"denoising", "super_resolution", "phase_retrieval", "jpeg"}) {
    const TaskEntry& task = find_task(name);
    if (!incompatibility(method_, task, KnownPosteriors::any).empty()) continue;
    EXPECT_TRUE(run(prior, task, method_, short_run(method_)).sample.isfinite().all().item<bool>()) << name;
  }
}

TEST(BlurNetworkOnASecondDevice, IsTheHostsThereAndBack) {
  const TaskEntry& task = find_task("nonlinear_blur");
  const PhiloxNoise noise = noise_of(2);
  const auto blurred = [&](const TensorOptions& options) {
    const auto op = task.bind(OptionValues(task.options, fitting(task)), {3, 16, 16}, noise, options);
    const Tensor x = noise.normal(Purpose::training, 1, {3, 16, 16}, options) * 0.4;
    const Tensor back = op->vjp(x, noise.normal(Purpose::training, 2, {3, 16, 16}, options));
    return std::pair(second_device::on_host(op->forward(x)), second_device::on_host(back));
  };
  ledger().clear();
  const auto here = blurred(TensorOptions().dtype(at::kDouble).device(second_device::device()));
  EXPECT_EQ(ledger().accounts["convolution, back"].calls, 2 * 15);  // of each image's fifteen convolutions
  EXPECT_THAT(ledger().mixtures, testing::IsEmpty());
  const auto there = blurred(at::kDouble);
  EXPECT_TRUE(at::allclose(here.first, there.first, 0, 1e-12));
  EXPECT_TRUE(at::allclose(here.second, there.second, 0, 1e-12));
  EXPECT_GT(there.second.abs().max().item<double>(), 1e-3);
}

std::vector<std::string> names_of_methods() {
  std::vector<std::string> names;
  for (const MethodEntry& method : methods()) names.push_back(method.name);
  return names;
}

INSTANTIATE_TEST_SUITE_P(Registry, EveryMethodOnASecondDevice, testing::ValuesIn(names_of_methods()),
                         [](const auto& item) {
                           std::string name = item.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace dpsbench
