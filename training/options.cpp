#include "training/options.h"

#include "core/error.h"

namespace dpsbench {
namespace {

template <typename Number>
void require(const char* name, Number value, bool fits, const char* allowed) {
  if (!fits) throw UserError("training: {} is {}; allowed: {}", name, value, allowed);
}

}  // namespace

void check(const TrainingOptions& options) {
  checked(options.network);
  require("in_channels", options.network.in_channels,
          options.autoencoder || options.network.in_channels == 1 || options.network.in_channels == 3, "1 and 3");
  require("noise_map", options.network.noise_map,
          options.network.noise_map == (options.noise != TrainingNoise::schedule),
          "true with noise per-pixel or constant, false with noise schedule");
  require("steps", options.steps, options.steps >= 1, "1 and up");
  require("batch", options.batch, options.batch >= 1, "1 and up");
  require("learning_rate", options.learning_rate, options.learning_rate > 0, "above 0");
  require("warm_up", options.warm_up, options.warm_up >= 0, "0 and up");
  require("weight_decay", options.weight_decay, options.weight_decay >= 0, "0 and up");
  require("gradient_norm", options.gradient_norm, options.gradient_norm > 0, "above 0");
  require("average_decay", options.average_decay, options.average_decay >= 0 && options.average_decay < 1,
          "0 up to, not including, 1");
  require("report_every", options.report_every, options.report_every >= 1, "1 and up");
  require("checkpoint_every", options.checkpoint_every, options.checkpoint_every >= 1, "1 and up");
  require("sample_every", options.sample_every, options.sample_every >= 0, "0 (no samples) and up");
  require("sample_steps", options.sample_steps, options.sample_steps >= 1 && options.sample_steps <= 1000, "1 to 1000");
  if (options.crops.random) {
    const std::int64_t size = options.network.image_size;
    require("shortest_side", options.crops.shortest_side, options.crops.shortest_side >= size, "image_size and up");
    require("longest_side", options.crops.longest_side, options.crops.longest_side >= options.crops.shortest_side,
            "shortest_side and up");
  }
}

}  // namespace dpsbench
