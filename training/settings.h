#pragma once
#include <fmt/format.h>

#include <map>
#include <string>

#include "training/options.h"

namespace dpsbench {

/// Options by name, as text.
using TrainingSettings = std::map<std::string, std::string>;

/// The network's options by guided-diffusion's names: what a prior block needs to use the weights.
TrainingSettings network_settings(const UNetOptions& network);

/// What trainings of a network and of an autoencoder alike must share with their checkpoint: their examples, and how
/// long and fast they learn. `images` is the number of images in the data set.
template <typename Options>
TrainingSettings common_settings(const Options& options, std::int64_t images) {
  return {{"images", std::to_string(images)},
          {"random_crops", options.crops.random ? "true" : "false"},
          {"shortest_side", std::to_string(options.crops.shortest_side)},
          {"longest_side", std::to_string(options.crops.longest_side)},
          {"flips", options.crops.flips ? "true" : "false"},
          {"seed", std::to_string(options.seed)},
          {"steps", std::to_string(options.steps)},
          {"batch", std::to_string(options.batch)},
          {"learning_rate", fmt::format("{}", options.learning_rate)},
          {"average_decay", fmt::format("{}", options.average_decay)}};
}

/// Everything that a resumed training must share with the one that made its checkpoint; `images` is the number of
/// images in the data set.
TrainingSettings training_settings(const TrainingOptions& options, std::int64_t images);

}  // namespace dpsbench
