#pragma once
#include <map>
#include <string>

#include "training/options.h"

namespace dpsbench {

/// Options by name, as text.
using TrainingSettings = std::map<std::string, std::string>;

/// The network's options by guided-diffusion's names: what a prior block needs to use the weights.
TrainingSettings network_settings(const UNetOptions& network);

/// Everything that a resumed training must share with the one that made its checkpoint; `images` is the number of
/// images in the data set.
TrainingSettings training_settings(const TrainingOptions& options, std::int64_t images);

}  // namespace dpsbench
