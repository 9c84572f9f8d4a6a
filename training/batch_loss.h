#pragma once
#include "training/diffusion_loss.h"
#include "training/images.h"
#include "training/state.h"

namespace dpsbench {

/// The loss of the batch of step state.step, differentiable with respect to state.parameters: the hybrid loss of `loss`
/// for noise of the schedule, pixel_noise_loss() else. The batch's images, crops, noise levels, noise and dropout
/// depend on the seed and the step alone: each example of a training has a stream of random numbers of its own.
Tensor batch_loss(const TrainingOptions& options, const TrainingImages& images, const DiffusionLoss& loss,
                  const TrainingState& state);

}  // namespace dpsbench
