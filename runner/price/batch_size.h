#pragma once
#include "runner/experiment/plan.h"

namespace dpsbench {

/// The greatest number of images, at most `most`, whose passes fit into four fifths of `free_bytes`, at least one. The
/// rest is for what samplers and libraries need beside the network.
std::int64_t batch_that_fits(double free_bytes, double bytes_per_image, std::int64_t most);

/// For `batch: auto`: as many images as a pass of the plan's costliest method has memory for on the prior's device, if
/// `on_node` ranks share its node. On a GPU (at most 64) an image's need is measured by passes of one and of two
/// images; on the CPU (at most 8) it follows from the network's structure. 8 for a prior that is no network.
std::int64_t batch_for_memory(const Experiment& experiment, const Plan& plan, const Prior& prior, int on_node);

}  // namespace dpsbench
