#pragma once
#include "runner/experiment/input_digests.h"
#include "runner/station/weight_files.h"

namespace dpsbench {

/// Reads every image, and the weights that are in memory or the file of a prior made of images. Throws UserError or
/// DataError naming the file that cannot be read.
InputDigests digest_inputs(const Experiment& experiment, const Dataset& dataset, const WeightFiles& weights);

}  // namespace dpsbench
