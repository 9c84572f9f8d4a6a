#pragma once
#include "training/diffusion_loss.h"
#include "training/images.h"
#include "training/state.h"

namespace dpsbench {

/// The hybrid loss of the batch of step state.step, differentiable with respect to state.parameters. The batch's
/// images, crops, times, noise and dropout depend on the seed and the step alone: each example of a training has a
/// stream of random numbers of its own.
Tensor batch_loss(const TrainingOptions& options, const TrainingImages& images, const DiffusionLoss& loss,
                  const TrainingState& state);

}  // namespace dpsbench
