// What a step of a method asks of a GPU, counted without one on the tests' second device (tests/second_device/):
// kernels, operations of products, bytes; and what a roofline of published rates makes of that.
//   ninja -C build/release step_counts && build/release/step_counts --network ffhq256
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>

#include <CLI/CLI.hpp>

#include "bench/method_trial.h"
#include "bench/roofline.h"
#include "core/error.h"
#include "priors/passes/autograd.h"
#include "priors/unet/prior.h"
#include "priors/unet/unet.h"
#include "runner/ranks/exit_code.h"
#include "tests/priors/networks.h"
#include "tests/second_device/device.h"
#include "tests/second_device/ledger.h"

namespace dpsbench {
namespace {

using second_device::Account;
using second_device::ledger;

struct CountOptions {
  std::string network = "ffhq256";
  std::vector<std::string> methods = {"dps", "dps-w", "dsg", "daps", "unconditional"};
  std::string task = "inpainting";
  std::int64_t batch = 1;
  std::int64_t steps = 4;
  bool by_operator = false;
};

/// The network as plain differentiable operations, as PyTorch has it where nothing is fused.
class EagerNetwork final : public Prior {
 public:
  EagerNetwork(const UNetOptions& network, const UNetParameters& parameters, const TensorOptions& options)
      : network_(network), parameters_(copied(parameters, options, Torso::as_the_rest)), options_(options) {}

  [[nodiscard]] Evaluation evaluate(const Tensor& x_t, const NoiseLevel& level, Gradient gradient) const override {
    return evaluate_by_autograd(x_t, gradient, [&](const Tensor& x) -> std::pair<Tensor, Tensor> {
      const Tensor t = at::full({x.size(0)}, level.time, options_);
      const std::vector<Tensor> halves = unet_forward(network_, parameters_, x, t).chunk(2, 1);
      return {halves[0], halves[1]};
    });
  }
  [[nodiscard]] ImageShape shape() const override { return network_.shape(); }
  [[nodiscard]] bool clips_denoised() const override { return true; }
  [[nodiscard]] TensorOptions options() const override { return options_; }

 private:
  UNetOptions network_;
  UNetParameters parameters_;
  TensorOptions options_;
};

/// What one step of a method is given, by operator, for all images together.
using StepCounts = std::map<std::string, Account>;

std::map<std::string, Account> counts_of_run(const MethodTrial& trial, const Prior& prior, std::int64_t batch) {
  std::vector<StreamId> streams;
  for (std::int64_t i = 0; i < batch; ++i) streams.push_back({"bench", std::to_string(i), 0});
  const PhiloxNoise noise(0, streams);
  const ImageShape shape = prior.shape();
  const auto op = trial.task->bind(OptionValues(trial.task->options, {}), shape, noise, prior.options());
  const Tensor x =
      noise.normal(Purpose::initial, 0, {shape.channels, shape.height, shape.width}, prior.options()).clamp(-1, 1);
  const NoiseSchedule schedule = NoiseSchedule::linear();
  const auto sampler = trial.method->make(trial.options);
  const Problem problem{prior, schedule, *op, measure(*op, x, 0.05, noise, false), 0.05, noise};
  SilentObserver silent;
  std::ignore = sampler->sample(problem, silent);  // what layers make of a time is there from here on, as in a run
  ledger().clear();
  std::ignore = sampler->sample(problem, silent);
  return ledger().accounts;
}

/// The counts of more steps less those of fewer, for each step.
StepCounts counts_of_step(const std::string& method, const CountOptions& options, const Prior& prior) {
  const auto few = counts_of_run(read_trial(method, options.steps, options.task), prior, options.batch);
  StepCounts counts = counts_of_run(read_trial(method, 2 * options.steps, options.task), prior, options.batch);
  const auto steps = static_cast<double>(options.steps);
  for (auto& [name, account] : counts) {
    const auto found = few.find(name);
    const Account less = found == few.end() ? Account{} : found->second;
    account.launches = std::llround(static_cast<double>(account.launches - less.launches) / steps);
    account.bytes = (account.bytes - less.bytes) / steps;
    account.operations = (account.operations - less.operations) / steps;
  }
  return counts;
}

Account sum_of(const StepCounts& counts) {
  Account sum;
  for (const auto& [name, account] : counts) {
    sum.launches += account.launches;
    sum.bytes += account.bytes;
    sum.operations += account.operations;
  }
  return sum;
}

void show_operators(const StepCounts& counts) {
  for (const auto& [name, account] : counts)
    if (account.launches > 0)
      fmt::print("    {:<36} {:>5} kernels {:>9.2f} GFLOP {:>9.3f} GB\n", name, account.launches,
                 account.operations / 1e9, account.bytes / 1e9);
}

/// One line for what a step of `method` is given, and a line of predicted milliseconds for each GPU.
void show(const std::string& title, const StepCounts& counts, const std::vector<MultiplyKind>& kinds, Layout layout,
          const CountOptions& options) {
  const Account sum = sum_of(counts);
  const auto images = static_cast<double>(options.batch);
  fmt::print("| {} | {} | {:.1f} | {:.2f} |", title, sum.launches, sum.operations / images / 1e9,
             sum.bytes / images / 1e9);
  for (const Gpu& gpu : gpus())
    for (const MultiplyKind kind : all_kinds()) {
      const bool counted = std::find(kinds.begin(), kinds.end(), kind) != kinds.end();
      fmt::print(" {} |",
                 counted ? fmt::format("{:.1f}", 1e3 * predicted_seconds(counts, gpu, kind, layout) / images) : "");
    }
  fmt::print("\n");
  if (options.by_operator) show_operators(counts);
}

void count_steps(const CountOptions& options) {
  const at::NoGradGuard no_grad;
  at::manual_seed(0);
  ledger().only_counts = true;
  const UNetOptions network = unet_preset(options.network);
  const UNetParameters parameters = random_parameters(network);
  const TensorOptions floats = TensorOptions().dtype(at::kFloat).device(second_device::device());
  fmt::print(
      "{} with made-up weights, {}, batch {}: kernels of a step, and of each image and step GFLOP, GB and predicted "
      "ms\n\n",
      options.network, options.task, options.batch);
  std::string head = "| | kernels | GFLOP | GB |";
  std::string rule = "| --- | --- | --- | --- |";
  for (const Gpu& gpu : gpus())
    for (const MultiplyKind kind : all_kinds()) {
      head += fmt::format(" {} {} |", gpu.name, name_of(kind));
      rule += " --- |";
    }
  fmt::print("{}\n{}\n", head, rule);
  const UNetPrior single(network, parameters, floats);
  const UNetPrior halved(network, parameters, floats, Torso::bfloat16);
  for (const std::string& method : options.methods) {
    show(method, counts_of_step(method, options, single), {MultiplyKind::fp32, MultiplyKind::tf32},
         Layout::channels_last, options);
    show(method + ", bf16", counts_of_step(method, options, halved), {MultiplyKind::bf16}, Layout::channels_last,
         options);
  }
  const EagerNetwork eager(network, parameters, floats);
  for (const std::string& method : options.methods)
    if (method == "dps" || method == "unconditional")
      show("eager " + method, counts_of_step(method, options, eager), {MultiplyKind::fp32, MultiplyKind::tf32},
           Layout::channels_first, options);
}

}  // namespace
}  // namespace dpsbench

int main(int argc, char** argv) {
  using namespace dpsbench;
  CountOptions options;
  CLI::App app{"What a step of a method asks of a GPU, and how long that should take"};
  app.add_option("--network", options.network, "ffhq256, imagenet256 or photo32")->capture_default_str();
  app.add_option("--methods", options.methods, "Which, separated by commas")->delimiter(',');
  app.add_option("--task", options.task, "Of all of them")->capture_default_str();
  app.add_option("--batch", options.batch, "Images at a time")->capture_default_str();
  app.add_option("--steps", options.steps, "A run of twice as many less one of as many")->capture_default_str();
  app.add_flag("--by-operator", options.by_operator, "Also what each operator adds");
  try {
    app.parse(argc, argv);
    count_steps(options);
    return exit_code::success;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_code::success : exit_code::bad_usage;
  } catch (const std::exception& error) {
    fmt::print(stderr, "step_counts: {}\n", error.what());
    return exit_code::internal_error;
  }
}
