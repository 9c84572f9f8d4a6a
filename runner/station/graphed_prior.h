#pragma once
#include <memory>

#include "core/prior.h"

namespace dpsbench {

/// A network on a GPU whose passes are CUDA graphs, one for each size of batch, with gradients or without, and each
/// number of cotangents; the same numbers as without. For one thread. Throws UserError for a prior that is no network
/// or is not on a GPU.
std::unique_ptr<Prior> make_graphed(std::unique_ptr<Prior> prior);

}  // namespace dpsbench
