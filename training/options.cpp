#include "training/options.h"

#include "training/checks.h"

namespace dpsbench {

void check(const TrainingOptions& options) {
  checked(options.network);
  require("in_channels", options.network.in_channels,
          options.autoencoder || options.network.in_channels == 1 || options.network.in_channels == 3, "1 and 3");
  require("noise_map", options.network.noise_map,
          options.network.noise_map == (options.noise != TrainingNoise::schedule),
          "true with noise per-pixel or constant, false with noise schedule");
  require("warm_up", options.warm_up, options.warm_up >= 0, "0 and up");
  require("weight_decay", options.weight_decay, options.weight_decay >= 0, "0 and up");
  require("gradient_norm", options.gradient_norm, options.gradient_norm > 0, "above 0");
  require("report_every", options.report_every, options.report_every >= 1, "1 and up");
  require("sample_every", options.sample_every, options.sample_every >= 0, "0 (no samples) and up");
  require("sample_steps", options.sample_steps, options.sample_steps >= 1 && options.sample_steps <= 1000, "1 to 1000");
  check_learning(options);
}

}  // namespace dpsbench
