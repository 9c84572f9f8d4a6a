#pragma once
#include <functional>

#include "training/options.h"

namespace dpsbench {

/// Where a training stands.
struct TrainingProgress {
  std::int64_t step = 0;         ///< steps done
  std::int64_t steps = 0;        ///< in all
  double loss = 0;               ///< mean over the steps since the last report
  double images_per_second = 0;  ///< since the training started or resumed
  double seconds_left = 0;       ///< at that speed
};

/// Told of progress every report_every steps and after the last. Returning false stops the training after a checkpoint.
using TrainingCallback = std::function<bool(const TrainingProgress&)>;

/// Trains an ADM U-Net as a diffusion prior (DDPM, hybrid loss with learned variance; Nichol & Dhariwal 2021; or v at a
/// noise level of each pixel's own, training/noise_maps.h) and keeps in options.output: weights.safetensors (the moving
/// average, guided-diffusion's names, ready for a prior block), checkpoint.safetensors, and samples-<step>.png. The
/// examples of a step depend on seed and step alone, so a resumed training does what an unbroken one would. Returns
/// whether all steps are done. Throws UserError for options that do not fit, an output with a checkpoint unless resume
/// is set, and a checkpoint made with other options; NumericError when the loss is no longer finite.
bool train(const TrainingOptions& options, const TrainingCallback& callback);

}  // namespace dpsbench
