#pragma once
#include "datasets/image_file.h"
#include "tests/datasets/fixtures.h"
#include "training/options.h"

namespace dpsbench::test {

/// The smallest network there is: 8 x 8 pixels, one level, one residual block.
inline UNetOptions tiny_network() {
  UNetOptions network;
  network.image_size = 8;
  network.num_channels = 32;
  network.num_res_blocks = 1;
  network.channel_mult = {1};
  return network;
}

/// A training of that network on five smooth images that are written to `folder`.
inline TrainingOptions tiny_training(const Folder& folder) {
  std::filesystem::create_directories(folder / "images");
  for (int k = 0; k < 5; ++k) {
    const Tensor slope = at::linspace(-1, 1, 8) * (0.2 * k);
    write_png(folder / "images" / (std::to_string(k) + ".png"), slope.expand({3, 8, 8}));
  }
  TrainingOptions options;
  options.network = tiny_network();
  options.data.name = "slopes";
  options.data.path = folder / "images";
  options.output = folder / "training";
  options.batch = 8;
  options.steps = 6;
  options.warm_up = 2;
  options.learning_rate = 2e-3;
  options.report_every = 1;
  options.sample_every = 0;
  return options;
}

}  // namespace dpsbench::test
