#pragma once
#include <cstdint>

#include "core/error.h"

namespace dpsbench {

/// Throws UserError naming the option, its value and what is allowed, unless it fits.
template <typename Number>
void require(const char* name, Number value, bool fits, const char* allowed) {
  if (!fits) throw UserError("training: {} is {}; allowed: {}", name, value, allowed);
}

/// What trainings of a network and of an autoencoder alike refuse: how long and fast they learn, and their crops.
template <typename Options>
void check_learning(const Options& options) {
  require("steps", options.steps, options.steps >= 1, "1 and up");
  require("batch", options.batch, options.batch >= 1, "1 and up");
  require("learning_rate", options.learning_rate, options.learning_rate > 0, "above 0");
  require("average_decay", options.average_decay, options.average_decay >= 0 && options.average_decay < 1,
          "0 up to, not including, 1");
  require("checkpoint_every", options.checkpoint_every, options.checkpoint_every >= 1, "1 and up");
  if (!options.crops.random) return;
  const std::int64_t size = options.network.image_size;
  require("shortest_side", options.crops.shortest_side, options.crops.shortest_side >= size, "image_size and up");
  require("longest_side", options.crops.longest_side, options.crops.longest_side >= options.crops.shortest_side,
          "shortest_side and up");
}

}  // namespace dpsbench
