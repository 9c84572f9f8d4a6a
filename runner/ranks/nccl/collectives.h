#pragma once
#include "runner/ranks/collectives.h"

namespace dpsbench {

/// Through NCCL, from GPU to GPU; every rank has one of its own. Collective. Throws Error with NCCL's or CUDA's reason
/// and the place of the call.
std::unique_ptr<Collectives> make_nccl(Communicator& communicator, const at::Device& device);

/// The GPU's address on its machine's bus, whatever number the process knows it by.
std::string gpu_address(const at::Device& device);

}  // namespace dpsbench
