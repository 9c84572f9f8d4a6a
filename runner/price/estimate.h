#pragma once
#include "priors/unet/operations.h"
#include "runner/experiment/plan.h"

namespace dpsbench {

/// What a plan costs, before it is run.
struct Estimate {
  double network_evaluations = 0;  ///< forward passes, counted image by image
  double backward_passes = 0;      ///< passes back through the prior, likewise
  double disk_bytes = 0;           ///< unit files and results.h5 together, before compression
  double memory_bytes = 0;         ///< of one rank: weights, and the activations of the costliest method for one batch
};

/// Bytes that an image takes in a pass through an experiment's network, with its activations kept for the way `back` or
/// not.
double activation_bytes(const Experiment& experiment, bool back);

/// The same of a pass through its decoder and back, where a network decodes; else 0.
double decoding_bytes(const Experiment& experiment);

Estimate estimate(const Experiment& experiment, const ImageShape& shape, const Plan& plan);

/// Numbers that one image leaves in memory in a pass through the network: those kept for the way back, or with
/// `backward` false the most that live at one time.
double unet_activations(const UNetOptions& options, bool backward);

}  // namespace dpsbench
