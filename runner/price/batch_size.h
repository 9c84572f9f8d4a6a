#pragma once
#include <functional>

#include "core/prior.h"
#include "runner/experiment/plan.h"

namespace dpsbench {

/// The images of a unit of an experiment that says `batch: auto`: as many as one pass of the prior holds in the memory
/// that is free, less a fifth. On the CPU at most default_batch and at least 1, where it is arithmetic on the network's
/// structure; only networks have one that matters. On a GPU passes of one and two images are measured for their memory,
/// then the fewest images are taken whose rate is 95 % of the best, and no more than leave every rank eight units.
/// `ranks` are all, of which `on_device` share this device.
std::int64_t chosen_by_device(const Experiment& experiment, const Plan& plan, const Prior& prior, int ranks,
                              int on_device);

/// At least 1, at most `most`.
std::int64_t batch_that_fits(double free_bytes, double bytes_per_image, std::int64_t most);

/// The smallest of 1, 2, 4, ... <= most at which `images_a_second` is at least 95 % of its greatest value there. Two
/// doublings that bring less than 5 % end the search.
std::int64_t batch_of_rate(const std::function<double(std::int64_t batch)>& images_a_second, std::int64_t most);

/// The greatest batch that still gives each rank eight units; at least 1.
std::int64_t batch_for_ranks(std::int64_t images_of_all_cells, int ranks);

}  // namespace dpsbench
