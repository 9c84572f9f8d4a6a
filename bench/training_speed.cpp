// Time of one training step of a network told each pixel's noise, by part: the batch's images are made of noise.
//   training_speed SIZE CHANNELS CHANNEL_MULT ATTENTION BLOCKS BATCH [REPETITIONS]
// for example: training_speed 64 64 1,2,2 16 2 16. Prints CPU milliseconds (the quickest of the repetitions), one
// thread: through ATen as training was before, and through the kernels of priors/unet/differentiable.h.
#include <ATen/Parallel.h>
#include <ATen/core/grad_mode.h>
#include <fmt/format.h>
#include <torch/csrc/autograd/autograd.h>

#include "bench/work_clock.h"
#include "priors/unet/noise_map.h"
#include "priors/unet/unet.h"
#include "runner/station/device.h"
#include "training/adam_w.h"
#include "training/pixel_noise_loss.h"

namespace {

using namespace dpsbench;

UNetOptions network(char** argv) {
  UNetOptions options;
  options.image_size = std::stol(argv[1]);
  options.num_channels = std::stol(argv[2]);
  options.channel_mult = parse_channel_mult(argv[3]);
  options.attention_resolutions = parse_attention_resolutions(argv[4]);
  options.num_res_blocks = std::stol(argv[5]);
  options.num_head_channels = 32;
  options.noise_map = true;
  return checked(options);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7) {
    fmt::print(stderr, "usage: training_speed SIZE CHANNELS CHANNEL_MULT ATTENTION BLOCKS BATCH [REPETITIONS]\n");
    return 2;
  }
  keep_freed_memory();
  at::set_num_threads(1);
  const UNetOptions options = network(argv);
  const std::int64_t batch = std::stol(argv[6]);
  const int repetitions = argc > 7 ? std::stoi(argv[7]) : 5;
  TrainingState state = initial_state(options, 0, at::kFloat);
  std::vector<Tensor> parameters;
  std::int64_t numbers = 0;
  for (auto& [name, parameter] : state.parameters) {
    parameters.push_back(parameter.requires_grad_(true));
    numbers += parameter.numel();
  }
  fmt::print("{} parameters, batch {}\n", numbers, batch);
  const PixelNoise levels = PixelNoise::of(at::full({batch, 1, options.image_size, options.image_size}, 0.3F));
  const Tensor v = at::randn(options.shape().batch(batch));
  const Tensor input = network_input(at::randn(options.shape().batch(batch)), levels);
  std::vector<Tensor> gradients;
  for (const auto& [name, format] :
       {std::pair{"ATen", at::MemoryFormat::Contiguous}, std::pair{"kernels", at::MemoryFormat::ChannelsLast}}) {
    const Tensor x = input.contiguous(format);
    const auto loss = [&] {
      return pixel_noise_loss(unet_forward(options, state.parameters, x, noise_times(levels)), v);
    };
    const double forward = quickest_seconds(at::kCPU, repetitions, [&] { (void)loss(); });
    const double both =
        quickest_seconds(at::kCPU, repetitions, [&] { gradients = torch::autograd::grad({loss()}, parameters); });
    fmt::print("{:8} forward {:8.1f} ms, with gradients {:8.1f} ms, {:.2f} ms an image\n", name, 1e3 * forward,
               1e3 * both, 1e3 * both / static_cast<double>(batch));
  }
  const at::AutoGradMode disabled(false);
  const double optimizer = quickest_seconds(at::kCPU, repetitions, [&] {
    clip_gradients(gradients, 1);
    adam_w_step(state, gradients, 1e-4, 0);
    update_average(state, 0.999);
  });
  fmt::print("{:8} {:.1f} ms\n", "AdamW", 1e3 * optimizer);
}
