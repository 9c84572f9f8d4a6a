// Time of one network evaluation, forward alone and with gradients, by autograd and by FrozenUNet.
//   unet_speed PRESET WEIGHTS.safetensors|random BATCH THREADS [REPETITIONS]
// Prints the smallest CPU time of all threads together (which other programs disturb least) in milliseconds.
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>

#include <functional>

#include "bench/work_clock.h"
#include "priors/unet/frozen_unet.h"
#include "priors/unet/unet.h"
#include "runner/station/device.h"

namespace {

using namespace dpsbench;

double milliseconds(int repetitions, const std::function<void()>& work) {
  return 1e3 * quickest_seconds(at::kCPU, repetitions, work);
}

UNetParameters random_parameters(const UNetOptions& options) {
  UNetParameters parameters;
  for (const auto& [name, shape] : unet_parameters(options)) parameters[name] = at::randn(shape) * 0.03;
  return parameters;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 5) {
    fmt::print(stderr, "usage: unet_speed PRESET WEIGHTS.safetensors|random BATCH THREADS [REPETITIONS]\n");
    return 2;
  }
  keep_freed_memory();
  const UNetOptions options = unet_preset(argv[1]);
  const std::string weights = argv[2];
  const std::int64_t batch = std::stol(argv[3]);
  at::set_num_threads(std::stoi(argv[4]));
  const int repetitions = argc > 5 ? std::stoi(argv[5]) : 10;

  const UNetParameters parameters =
      weights == "random" ? random_parameters(options) : load_unet_parameters(options, SafetensorsFile(weights));
  const FrozenUNet frozen(options, parameters);
  const Tensor x = at::randn(options.shape().batch(batch));
  const Tensor t = at::full({1}, 300.0);
  const std::vector<Tensor> cotangents{at::randn_like(x), at::randn_like(x)};

  const auto autograd = [&](std::size_t count) {
    const at::AutoGradMode with_grad(count > 0);
    const Tensor leaf = x.detach().requires_grad_(count > 0);
    const Tensor eps = unet_forward(options, parameters, leaf, t).narrow(1, 0, options.in_channels);
    for (std::size_t k = 0; k < count; ++k) torch::autograd::grad({eps}, {leaf}, {cotangents[k]}, k + 1 < count);
  };
  std::size_t tape_bytes = 0;
  const auto without_graph = [&](std::size_t count) {
    Tape tape;
    (void)frozen.forward(x, t, count > 0 ? &tape : nullptr);
    tape_bytes = tape.bytes();
    if (count > 0) (void)frozen.pull_back(tape, {cotangents.begin(), cotangents.begin() + static_cast<long>(count)});
  };
  for (const std::size_t count : {0, 1, 2}) {
    const double plain = milliseconds(repetitions, [&] { autograd(count); });
    const double fast = milliseconds(repetitions, [&] { without_graph(count); });
    fmt::print("{} batch {}, forward and {} cotangents: autograd {:.1f} ms, frozen {:.1f} ms, ratio {:.2f}\n", argv[1],
               batch, count, plain, fast, plain / fast);
  }
  fmt::print("kept between the passes: {:.1f} MB\n", 1e-6 * static_cast<double>(tape_bytes));
}
